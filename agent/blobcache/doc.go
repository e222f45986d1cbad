// Package blobcache gives an agent the bytes behind payloads: what is small
// travels inline, the rest is fetched from a server once, verified against its
// digest, and kept on disk up to a bound, the least recently used going first.
// It also stores what the agent has to say at length. Which server is asked is
// left to whoever supplies the client.
//
// A cache survives a restart of the agent: what [Cache.Load] finds is verified
// again when it is first opened, because a machine may have gone down while it
// was being written.
package blobcache
