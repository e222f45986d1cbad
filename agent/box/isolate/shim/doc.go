// Package shim knows what happens between isolate and the program that it was
// told to run: the seccomp filter and the resource limits that isolate does not
// install. What the filter says is left to package seccomp, and what is run to
// package isolate.
//
// Like the keeper of boxes, the shim is the agent's own
// executable, which takes another way before its packages are initialised.
// Nothing here may import package os, fmt, time or anything that does.
package shim
