// Package artifact knows what compiling made: it keeps artifacts on the node's
// disk under the digest of everything that went into them, bounded in size,
// and sees to it that nothing is compiled twice at one time. How compiling is
// done is left to its callers.
//
// An entry is a directory named by its key that holds a manifest and the
// files, numbered. It appears by a rename, whole or not at all, and is dropped
// when it does not have the content that its manifest says.
package artifact
