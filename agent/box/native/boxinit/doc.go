// Package boxinit knows what process 1 of a native box does: it turns its new
// namespaces into a box, and then runs programs, installs files and hands out
// files as the agent asks. What a run may use and how it is judged is left to
// package native.
//
// The init is the agent's own executable, started again with a marker in its
// environment. This package's init function takes over before the agent's other packages
// exist: Go initialises packages in the order of their import paths as soon as
// all they import is ready, and this one imports next to nothing. So a box
// costs two megabytes instead of an agent. Nothing here may import package os,
// fmt, time or anything that does.
//
// Three threads matter:
//
//	main     listens for Kill while everything else is busy
//	forker   answers requests; runs programs. It alone is inside the program's
//	         cgroups and behind the seccomp filter, because what it starts
//	         inherits both, at no cost per run
//	janitor  installs, collects and removes files, outside the cgroups, so that
//	         a program which used up its memory cannot make the box fail
//
// The program never shares a user with any of them, and no name that it made is
// followed: the janitor works on directory descriptors and without links.
package boxinit
