// Package fleet knows the agents that are connected to this server: what they
// said they are, what they hold, and how to tell them something. Which agent
// gets what, and what a report leads to, is left to package dispatch, which
// holds the other end for as long as this server leads.
//
// An Attach stream is a [Session]. One goroutine reads it and hands what the
// agent says to the term's channel, in order and ended by [Gone]; another, the
// handler itself, writes what is queued for the agent. The queue is bounded:
// an agent that does not keep up is cut off, attaches again and says what it
// holds, which repairs whatever was lost with the queue. While no term is
// running, agents are redirected.
//
//	agent ──stream──> reader ──Input──> dispatch
//	agent <──stream── writer <──queue── Session.Assign, Ack, Abandon
//
// Protobuf types stop in this package.
package fleet
