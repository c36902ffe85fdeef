// Package review remembers what people decided. It reads what reviewers wrote
// (Examine), all of it or none of it, and carries their decisions to every later
// run and month while the gaps stay what they were decided for (Book).
//
// A decision is about one gap, or about a cluster: a condition that also holds
// for tomorrow's agents. The decision on a gap is stronger than the one on its
// cluster; a gap that derives from a root follows the root, unless something
// was decided about itself. A decision that closes gaps holds once somebody
// else than its author has signed it.
//
// A decision stops to hold, and says why, when the amount leaves the bounds it
// was given for, when the values of a field change, when it expires, or when
// the correspondences or a rate that it rests upon have changed.
package review
