// Package inside knows what process 1 of every box does, whoever made the box:
// how it hears and answers the agent, how it puts a root together out of mounts,
// files, links and devices, how it gives up what programs must not inherit, and
// how files come into the work directory, are handed out of it and are removed.
// What starts programs, and when, is left to packages boxinit and keeper.
//
// No name that a program made is followed: files are worked on through directory
// descriptors and without links.
//
// It is initialised before the agent's other packages, and nothing here may
// import package os, fmt, time or anything that does: see boxinit.
package inside
