// Package mesh is how servers reach one another: one port, mutual TLS, and on
// it streams of a few kinds. What the streams carry is left to others: raft,
// the Peer service, requests that only the leader can answer.
//
// Each stream begins with a preamble that names its kind and the cluster, and
// is answered with a word. Whoever comes from another cluster, or before this
// server is ready for the kind, is told so and turned away; whoever talks
// something else is cut off.
//
//	dialler                      listener
//	  TLS, both certificates of role server
//	  "assay1" kind cluster  ──>
//	                         <──  0, or 1 and why not
//	  the stream
package mesh
