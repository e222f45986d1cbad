// Package talk knows how the agent talks to process 1 of a box: over which
// sockets, how long it waits for an answer, what it asks of every box whichever
// driver made it, and that a box which failed once is not asked again. Runs are
// left to the drivers and to package watch. The messages are those of package
// wire; who answers is package boxinit or keeper.
package talk
