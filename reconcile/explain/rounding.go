package explain

// Rounding is a convention by which an engine turns an exact amount into
// centimes. No text settles it for State pay, and engines were seen to differ
// (DOMAIN 4.1).
type Rounding uint8

// The conventions. Point4, Point5 and Annual concern amounts reckoned from index
// points.
const (
	HalfUp    Rounding = iota // nearest centime, halves away from zero
	Truncate                  // the centime below
	Point4                    // monthly value of the point kept at four decimals, then the nearest centime
	Point5                    // the same at five decimals
	Annual                    // yearly amount to the nearest centime, its twelfth truncated
	roundings                 // how many
)

var roundingNames = [roundings]string{"half_up", "truncate", "point4", "point5", "annual"}

// String is the word of evidence.
func (r Rounding) String() string { return roundingNames[r] }

// truncates tells whether the last step cuts instead of rounding.
func (r Rounding) truncates() bool { return r == Truncate || r == Annual }
