// Package session knows how the agent runs programs in a box through an init of
// ours that was started by somebody else's means: what the init is told, and how
// the agent waits. How the box and its init came about, and how the resources of
// a run are counted, is left to the drivers: they implement [Machine]. What
// holds for the agent's side of every box is in packages talk and watch.
//
//	agent                                   init of the box
//	  Setup                      ---------->  what is left to be made of the box
//	  Run, stdin stdout stderr   ---------->  fork, exec
//	    poll: output, CPU, wall  -- Kill -->  kill(-1)
//	  Machine.End                <-- Ended -  reap to the last process, remove files
//
// The messages are those of package wire; the init is package keeper.
package session
