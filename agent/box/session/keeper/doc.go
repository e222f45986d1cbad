// Package keeper knows what process 1 of a box does when another program is
// what makes the box: it runs programs, installs files and hands out files as
// the agent asks, and sees to it that nothing is left of a run. It comes in two
// shapes, by [wire.Setup]:
//
// With a Stage it stands outside of the box, with every privilege, in pid,
// mount, ipc and uts namespaces of its own. It puts together on the stage what
// the root of the box is to show, and what it runs is the program that makes
// a box of that.
//
// Without a Stage it stands in a container that is furnished already. It
// confines the thread that starts programs, and what it runs are the programs
// themselves.
//
// The keeper is the agent's own executable, started again with a marker in its
// environment. This package's init function takes over before the agent's other
// packages exist, and nothing here may import package os, fmt, time or anything
// that does: it costs two megabytes instead of an agent.
//
// Three threads matter:
//
//	main     listens for Kill while everything else is busy
//	forker   answers requests; runs programs, which inherit what confines it
//	janitor  installs, collects and removes files
//
// Programs share a user with none of them. What process 1 of any box does, the
// work on files above all, is in package inside.
package keeper
