// Package spin is the calibration program: a fixed amount of work that takes a
// good processor a twentieth of a second. How often it is run, and what follows
// from the time that it takes, is left to package speed.
//
// A node needs no compiler for it: like the inits of boxes it is the agent's
// own executable, which takes another way before its packages are initialised.
// Nothing here may import package os, fmt, time or anything that does.
package spin
