// Package cgroup knows how the processes of a box are counted and limited by
// the kernel's control groups, in version 1 and in version 2. Who enters a
// group, and what a count means for a program, is left to others.
//
// An agent has one [Tree] of groups, with one [Group] for each box. A group
// lives as long as its box: on the path of a run nothing is made, moved or
// mounted, and counters are read through descriptors that stay open, at half a
// microsecond each. Moving a task between groups, by contrast, waits for RCU:
// several milliseconds.
//
// In version 1 single threads can enter a group, so the box's init stays
// outside but for the one thread that starts programs. In version 2 the memory
// controller takes whole processes: the init is inside, its memory and threads
// are allowed for, and a kernel short of memory could pick it, which costs
// the box but not the verdict.
//
// The tree's name tells whose it is. An agent that was killed leaves its tree
// behind, and the next one removes it.
package cgroup
