package wire

// Reply answers every request but Kill. Errno is 0 when the request was done;
// otherwise Op says what the init was doing.
type Reply struct {
	Errno int
	Op    string
}

// Ended answers Run and Parked.
type Ended struct {
	Reply           // of the box: a fault when Errno is not 0
	Exec     int    // the errno of an execve that failed
	Status   uint32 // as wait4 gives it
	Wall     int64  // nanoseconds from start to end of the program
	Own      int64  // nanoseconds of CPU that the init itself used in the program's cgroup
	MaxRSS   int64  // KiB, of the largest process, the init included
	TooLarge bool   // killed while its segments alone exceed the memory limit
	Files    int64  // bytes that files below the work directory, /tmp and /dev/shm take, where the init knows
}

// Opened answers Collect; the descriptor comes with it.
type Opened struct {
	Reply
	Size int64
	Exec bool
}

// Names is one part of the answer to List.
type Names struct {
	Reply
	Names []string
	More  bool // another part follows
}
