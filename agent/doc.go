// Package agent is one node: it puts the box pool, the toolchains, the runner
// and the uplink together, and knows in which order they begin and end. What
// each of them does it leaves to them.
//
//	core   the box pool
//	edge   the uplink, and in the background what toolchains prepare once
//
// The edge drains before the boxes close, so that running attempts finish.
package agent
