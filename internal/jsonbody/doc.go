// Package jsonbody knows how to read a JSON request body strictly, in one
// pass and in bounded memory. It leaves to its callers what the values mean
// and which HTTP status an error becomes.
//
// A [Decoder] is made once for a type and used for every request. It decodes
// structs, slices, maps with string keys, pointers, strings, booleans,
// integers, floats, raw JSON, and [Text]: a string that is kept in memory while
// it is short and goes to a [Spool] on disk when it is not, so that a body of
// many megabytes never stands in memory.
//
// It is strict where encoding/json is not: unknown fields, duplicate keys,
// another case of a field's name and invalid UTF-8 are problems. Every problem
// of a body is collected with its path (tests[3].limits.cpu_ms), up to a
// bound; only text that is not JSON at all ends the reading at once. null
// stands for an absent field.
package jsonbody
