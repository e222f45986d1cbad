// Package native is the box driver of choice: boxes made directly from the
// kernel's namespaces, control groups and seccomp filters.
//
// A box is made once, by process 1 of its pid namespace (package boxinit), and
// then runs many programs: on the path of a run there is one message to a child
// that is parked already, and an exec. Everything else is inherited.
// This package starts the init, waits for what happens during a run without
// costing the program any time, and reads the counters afterwards. What holds
// for the agent's side of every box is in packages talk and watch.
//
//	agent                                   init of the box
//	  Setup, cgroup descriptors  ---------->  root, cgroups, capabilities, seccomp
//	  Parked, stdout stderr stdin --------->  the parked child: exec
//	    poll: output, CPU, wall  -- Kill -->  kill
//	  read counters              <-- Ended -  kill and reap all, park the next child
//
// The init ends with the agent: it reads end of file from its sockets, however
// the agent died. (A parent-death signal would be tied to the thread that
// started the init, and Go's threads come and go.)
package native
