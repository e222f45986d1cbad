// Package dispatch is one leader's term: it gives what the queue says is next
// to the agents that the fleet says are there, holds the leases, and turns
// what agents report into commands for the log. Who goes next is left to
// package queue, the agents' streams to package fleet, and what a command does
// to package state. Nothing here is replicated; a new leader builds it anew
// from the queued records and from what agents say they hold.
//
// The rules are in [term], which has no clock, no I/O and no goroutine: inputs
// are method calls with the time, outputs go through ports. [Dispatcher] runs
// one term in one goroutine.
//
// A submission's life in a term:
//
//	view ──> recovering ──grace over──> waiting <──────────────┐
//	              │                      │   ▲                 │
//	         hello claims it          assign │ handed back,    │ Requeue committed
//	              │                      │   │ never arrived   │
//	              └──────────────────> leased ──lost──> requeueing
//	                                     │                     │
//	                                  report        late report│  third loss: judge error
//	                                     ▼                     ▼
//	                                  finishing ──Finish committed──> gone, Ack
//
// A lease is lost when its agent is silent for the lease time, restarts,
// reports a fault, or when the attempt outlives its deadline. Losing costs one
// of the attempts; handing back does not. A submission that has lost attempts
// goes to other nodes as long as there are any, and one that is on its last
// attempt does not share an agent with another that has lost some: whatever
// kills agents then condemns itself and nobody else.
//
// A node that reports faults one after the other is left alone for a while,
// longer each time, because it would answer faster than all healthy ones.
//
// Agents run attempts by priority and older ones before younger ones, so that
// the deadline of an attempt is measured from when nothing is left on its agent
// that goes before it. Their last credit is kept for urgent submissions: what
// is urgent then waits for a box, and not for a submission, to end.
//
// The log does not say which submissions have been assigned. At the start of a
// term every queued record may be running somewhere, so that all of them are
// held back for the grace period, which is to be longer than agents take to
// find the new leader. Records of the term itself go out at once. Where no
// agent can outlive the server, as when both are one process, the grace is 0.
//
// What happens in an attempt is asked of its agent, and told, once somebody
// follows the submission; of most nobody does, and events are the most frequent
// input there is.
//
// The first Finish in log order wins. A report of an attempt that lost its
// lease is still a result as long as no other agent works on the submission;
// when one does, the report is acknowledged and dropped, because the lease
// decides who speaks.
package dispatch
