// Package wire writes and reads messages of protobuf field by field, for those of
// which there are so many that it counts: protobuf itself makes several objects
// of each and throws them away. What is written is what protobuf would write. What
// is read is only what is written here; anything else is odd, and protobuf, which
// knows what to make of it, has to read it. Which fields there are is left to the
// callers.
package wire
