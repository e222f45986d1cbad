// Package boxinit knows what process 1 of a native box does: it turns its new
// namespaces into a box, and then runs programs, installs files and hands out
// files as the agent asks. What a run may use and how it is judged is left to
// package native; what process 1 of any box does is in package inside.
//
// The init is the agent's own executable, started again with a marker in its
// environment. This package's init function takes over before the agent's other
// packages exist: Go initialises packages in the order of their import paths as
// soon as all they import is ready, and this one, with inside and wire, imports
// next to nothing. So a box costs two megabytes instead of an agent. Nothing
// here may import package os, fmt, time or anything that does.
//
// There is a second process, the runner, which has no Go run time beneath it:
//
//	init     listens for Kill; installs, collects and removes files, outside
//	         the cgroups, so that a program which used up its memory cannot make
//	         the box fail
//	runner   inside the program's cgroups and behind the seccomp filter, because
//	         what it starts inherits both, at no cost per run. It reaps and
//	         kills, and tells the agent how the run ended
//	child    parked by the runner before there is anything to run, as the
//	         program's user already. It reads the agent's message itself and
//	         becomes the program: nothing but execve is left to wait for
//
// So a run wakes the child, the runner and the agent, once each. Only when
// files are left behind, or the end needs a closer look, the init has to help.
//
// The program never shares a user with any of them, and no name that it made is
// followed: files are worked on through directory descriptors and without links.
package boxinit
