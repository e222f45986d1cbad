// Package runner knows how one assignment becomes one result: compile once,
// run every test in a box of its own turn, judge, summarise. Which assignment
// is next, and what becomes of the result, is left to the uplink; what a box
// is, to package box; how a language is compiled and run, to package toolchain.
package runner
