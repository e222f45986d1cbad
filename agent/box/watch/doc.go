// Package watch knows what a run looks like from outside of its box: it takes
// the program's output, notices which limit is exceeded and has the run ended,
// and makes an outcome of how it did end. How the agent waits for all of this,
// how the program is started and how its resources are counted is left to the
// drivers.
package watch
