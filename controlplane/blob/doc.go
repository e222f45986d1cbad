// Package blob keeps payloads on the local disk under the digest of their
// content. It leaves to others which blobs are needed, how they get to other
// servers, and what is in them.
//
//	DIR/tmp/*        being written; whatever a crash left there goes on Prepare
//	DIR/a/ab12...    complete: named by 64 hex digits, filed under the first
//
// A blob is there in full or not at all: it is written and synced under another
// name, renamed, and its directory synced before anybody is told. Committing
// what is there already writes nothing but makes it young again, and Sweep
// spares the young: between storing a blob and referring to it nothing is lost.
//
// After an fsync that failed nobody knows what is on the disk, and a second one
// that succeeds does not mean that the first one's data arrived. So it is never
// retried: the store is read-only from then on, until the process is restarted.
package blob
