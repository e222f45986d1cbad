// Package controlplane is one server: it puts the replicated state, the
// payload store, the queue, the agents' door and the HTTP interface together,
// and knows in which order they begin and end. What each of them does it
// leaves to them.
//
//	core   replica (the log and the state)
//	edge   HTTP, the agents' door, and while this server leads: the dispatcher
//	       and the expiry of old submissions
package controlplane
