// Package backup writes a state with its blobs as one stream, and reads it
// back. What the state is made of it leaves to package replica, and where blobs
// come from and go to, to whoever calls it.
//
//	"assay snapshot 1\n"
//	manifest     which cluster's, when, up to which entry of the log
//	state ...    a replica's snapshot, in pieces
//	blob, data ...    for each blob: its digest and size, then its bytes
//	missing ...  digests that no server had any more
//	end          how many of each
//
// Everything after the first line is parts: a kind, a length, the bytes, and the
// SHA-256 of these and of the part's number. So whatever was cut off, flipped,
// left out or put elsewhere is noticed before it is used, and neither side holds
// more than a part in memory.
package backup
