// Package speed knows how fast its node is, and notices when that changes: a
// processor that gets too hot or is shared with a neighbour makes programs miss
// limits that they would keep elsewhere. What the calibration program does is
// left to package spin; that a node which is aside gets nothing new, to the
// leader.
//
//	measuring ──as fast as ever──> well <──────────────────┐
//	    │                                                  │
//	    └──slower, and slower again──> aside ──as fast again
//
// A measurement is the median of some runs in a box of the node's own, with no
// other box running. It is taken at start and, now and then, when the node has
// nothing to do. It is compared with the best that the node has shown since it
// was started: no node is faster than it can be, so that one which started in a
// bad moment finds out later.
package speed
