package wire

// Kind says what a request asks for.
type Kind byte

// What the agent asks the init for. Setup comes first and once.
const (
	KindSetup   Kind = 's'
	KindRun     Kind = 'r' // with the descriptors of stdout, stderr and, if HasStdin, stdin
	KindInstall Kind = 'i' // with the descriptor of the content
	KindCollect Kind = 'c'
	KindList    Kind = 'l'
	KindPrepare Kind = 'p' // for parked runs with other limits than those before
	KindSweep   Kind = 'w' // remove what the last run was allowed to keep
	KindReset   Kind = 'z' // and installed files
)

// Setup is everything that makes an init's surroundings a box. The descriptors
// of the cgroup files that programs have to enter come with it, if the init is
// the one to see to that.
type Setup struct {
	Root    []Mount
	Links   []Link
	Files   []File
	Scratch string // mount options of the file system behind /w, /tmp and /dev/shm
	Masks   []string
	Filter  []byte // the seccomp program: struct sock_filter after struct sock_filter
	UID     int    // of parked children
	Host    string
	Rlimits []Rlimit // the same for every run
	Stage   string   // of a keeper: see there; empty: the root is there already

	// Unprivileged says that the init is root in a user namespace alone.
	Unprivileged bool
}

// Mount is one read-only bind mount.
type Mount struct {
	Source, Target string
	Dir            bool
}

// Link is a symbolic link in the root.
type Link struct{ Name, Target string }

// File is a small file of the root with made-up content.
type File struct{ Name, Content string }

// Run is one run of one program, for an init that forks it then. Parked is what
// a child is told that waits for it.
type Run struct {
	Serial   uint64 // names this run in Kill
	Argv     []string
	Env      []string
	UID      int
	Stack    uint64 // bytes; the largest number: no limit
	FileSize uint64
	HasStdin bool
	Keep     bool
	Memory   uint64 // memory limit in bytes, to tell a program too large to start
}

// Rlimit is a resource limit, soft and hard alike.
type Rlimit struct {
	Resource int
	Value    uint64
}

// Prepare names the resource limits of parked runs to come.
type Prepare struct {
	Stack    uint64 // bytes; the largest number: no limit
	FileSize uint64
}

// Install names a file to be written from the descriptor that comes with it.
type Install struct {
	Name string
	Exec bool
}

// Collect names a file to be opened.
type Collect struct{ Name string }

// List asks for at most Max names.
type List struct{ Max int }

// Kill ends the run with this serial number. It travels on the second socket,
// so that it is heard while a program runs.
type Kill struct{ Serial uint64 }
