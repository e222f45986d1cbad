// Package simulate answers how the scheduler would do with fleets and crowds
// that no desk has: it drives the rules of a leader's term and its queue, the
// very code that a server runs, with simulated agents and simulated time. One
// goroutine, no sleep, no network; the same seed gives the same run to the
// nanosecond. What the log, the streams and the disks cost is left to
// benchmarks of the real thing; here they are constant delays.
//
// A simulated agent does what package uplink and the box pool of a real one
// do: it gives credit for one submission per box, one to spare and one for what
// is urgent, fetches a suite it does not have, compiles once per artifact, runs
// tests on as many boxes as are free, urgent and older submissions first, reports, and keeps its report
// until it is acknowledged. A lost node just falls silent: its leases run out,
// and an empty replacement attaches a while later.
package simulate
