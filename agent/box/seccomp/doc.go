// Package seccomp knows which system calls a program in a box may make, and
// turns that policy into a filter for the kernel. Installing the filter is left
// to the box's init, or to whoever starts programs.
//
// The policy is a list of what is allowed. What is not on it does not exist
// (ENOSYS), so that libraries fall back to older calls: glibc does for clone3,
// statx and their like. What is known to be dangerous is refused (EPERM), so
// that an attempt looks like one. A program of another architecture is killed:
// its system call numbers mean something else.
package seccomp
