package wire

// The environment variables that make an executable start as process 1 of a
// box, when it is also process 1 of its pid namespace.
const (
	// InitMarker makes it the init of a native box, whatever the value.
	InitMarker = "ASSAY_BOX_INIT"

	// KeeperMarker makes it the keeper of a box. Its value is Inherit where the
	// keeper is born with the descriptors below, and otherwise the path of a
	// socket to connect to: once for requests, then once for Kill.
	KeeperMarker = "ASSAY_BOX_KEEPER"
)

// Inherit is a value of KeeperMarker.
const Inherit = "inherit"

// The descriptors that process 1 can be born with.
const (
	RequestFD = 3 // requests and answers, in turn
	KillFD    = 4 // Kill, at any time
	RunFD     = 5 // Parked and Ended, in turn: of the init of a native box
)

// The directories that programs can write to. They share one file system and
// so one quota, unless a container brings its own.
const (
	WorkDir   = "/w"
	TempDir   = "/tmp"
	SharedDir = "/dev/shm"
)
