// Package isolate is the box driver for machines where the program isolate
// (github.com/ioi/isolate) is what runs strangers' code: releases 1.x on
// version 1 of control groups, and 2.x on version 2.
//
// A box is a box id of isolate, set up and cleaned away in the background, and
// a keeper: an init of ours (package keeper) in a pid, mount, ipc and uts
// namespace of its own, where isolate is run once for each program.
//
//	agent              keeper                       isolate --cg --run
//	  Run      ----->    fork, exec        ----->     clone namespaces, enter box-N,
//	                                                  bind the keeper's stage, drop root
//	                                                    shim: seccomp, rlimits, exec
//	  counters of box-N by kept descriptors                program
//	  Kill     ----->    kill(-1): isolate and all that it started
//	           <-----    Ended, files removed
//	  meta file
//
// The keeper gives what isolate leaves out. It ends with the agent and takes
// isolate and the program along, which survive isolate's own death otherwise.
// It puts together the stage that isolate binds into the box: the same
// explicit list as a native box, made-up /etc and /dev, and /w, /tmp and
// /dev/shm on one tmpfs with a quota. It removes what programs leave.
// isolate looks at limits ten times a second; the agent reads the counters of
// isolate's control group itself and has the keeper end the run at once.
//
// The shim, our own executable bound into the box, installs the seccomp filter
// and the limits that isolate does not know, and hands on arguments and
// environment as they are. What still differs from native boxes is told in
// docs/box.md.
package isolate
