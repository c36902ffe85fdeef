// Package budget says what a run means for the budget of its year: what title 2
// paid and where it lands, what the switchover does to it, where the project's AE
// and CP stand, and what the project is worth.
//
// Every figure is exact. Where a quotient must become an amount, it is rounded to
// the nearest centime, halves away from zero (reconcile.HalfUp), and what it
// makes up is the sum of what was rounded, so that a sheet can be added again.
//
// # Who pays
//
// Both systems compute a month; one of them pays it. The legacy side pays an agent
// until the cutover of his wave, ONP from that month on; an agent of no wave, or
// of one without cutover, is paid by the legacy side. Executed is what the side
// that pays has booked, in the last run of each month.
//
// # Where the year ends
//
// The months of the year that have no run are estimated, those to come and those
// missed alike:
//
//   - declared: what the profile says of them;
//   - simple: the latest month, again;
//   - explained: the lasting part of the latest month (without the lines that
//     belong to another month of origin), as the side that will pay the month books
//     it; moved by what the declared profile says above or below its own latest
//     month, at constant staff; and entries less exits, at the average cost of a
//     job. It never falls below nobody nor nothing, and leaves aside a profile that
//     is less than a tenth of that lasting part.
//
// # Where the project stands
//
// On the last day of the month: what is dated after it is expected, neither
// committed nor paid. A row that was withdrawn counts nowhere.
package budget
