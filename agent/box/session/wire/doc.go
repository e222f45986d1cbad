// Package wire knows what the agent and the keeper of a box say to each other
// over their sockets, byte for byte. What the words do is left to packages
// session and keeper. It imports nothing, because the keeper must start before
// any other package is initialised.
//
// Every message is one packet of a SOCK_SEQPACKET socket: a kind, then its
// fields in order. Both ends are always the same executable, so the format has
// no version and no optional part.
package wire
