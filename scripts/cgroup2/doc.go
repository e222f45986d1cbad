// Command cgroup2 runs one command as root in a virtual machine whose kernel
// has control groups of version 2 only, for hosts that have version 1:
//
//	cgroup2 [flags] -- COMMAND [ARG...]
//
// The machine is emulated in software, so it needs nothing of the host but
// qemu. Its kernel is Debian's, downloaded as a package and unpacked into a
// cache, never installed. Its files are the host's, below an overlay in memory:
// the command sees everything that is here and changes nothing. The command's
// output becomes ours, as does its exit code; 125 says that the machine failed.
//
// The same executable is both ends: on the host it builds a small archive
// that holds itself and some kernel modules, and starts qemu; in the machine it
// is process 1.
package main
