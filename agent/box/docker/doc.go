// Package docker is the box driver for machines where a Docker Engine is all
// that may make containers. It speaks to the engine's socket in plain HTTP.
//
// A box is a container that is started in the background, lent to a
// submission, and used for all of its runs: process 1 is a keeper of ours
// (package keeper) which dials back to the agent through a socket that is
// mounted into the container. From then on the engine is out of the picture,
// but for limits that the agent may not set itself: a run takes a message, a
// fork and an exec, not an exec by the engine.
//
//	agent                      engine              container
//	  create, start  ------->    namespaces, cgroups, mounts, capabilities
//	  accept         <--------------------------------  keeper dials
//	  Setup, Run ...  -------------------------------->  seccomp, fork, exec
//	  counters of the container's control groups
//
// There is no network, the root is read-only and shows what native boxes show,
// every capability that the keeper does not need is dropped, and the keeper
// drops the rest for programs and installs the seccomp filter of package
// seccomp. What still differs from native boxes is told in docs/box.md.
package docker
