// Package progress fans out what happens to a submission while it runs, and
// remembers what has happened in the attempt that is running, so that a late
// listener misses nothing. Events are volatile: they live in one server's
// memory, are bounded, and go when the submission ends; how it ended is read
// from its record. What an event looks like to a client is left to package api.
package progress
