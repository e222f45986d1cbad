// Package depot keeps blobs on several servers: what it stores is durable on a
// quorum before anybody may name it, what is missing here it fetches from
// others, and copies that are missing it makes good in the background. Which
// servers there are it is told; how bytes get to them is left to package peer,
// and the local disk to package blob.
//
//	Create, Write, Commit ──> local store, fsync ──> all other servers
//	                                                  │ enough of them answer
//	                               the digest <───────┘ (the rest goes on)
package depot
