// Package cores knows which processors programs may run on, one for each
// physical core, and lends them to runs so that no two share one: neither two
// of this agent nor, as far as that can be had, two of several agents on this
// host. What pins a run to its processor is left to drivers.
package cores
