// Package wire knows what the agent and process 1 of a box say to each other
// over their sockets, byte for byte. What the words do is left to packages
// native and session on the agent's side and to boxinit and keeper inside; the
// few words that only one of them understands say so. It imports nothing,
// because process 1 must start before any other package is initialised.
//
// Every message is one packet of a SOCK_SEQPACKET socket: a kind, then its
// fields in order. Both ends are always the same executable, so the format has
// no version and no optional part.
package wire
