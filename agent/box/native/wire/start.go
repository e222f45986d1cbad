package wire

// Marker is the environment variable that makes an executable start as the
// init of a box, when it is also process 1 of its pid namespace.
const Marker = "ASSAY_BOX_INIT"

// The descriptors that the init is born with.
const (
	RequestFD = 3 // requests and answers, in turn
	KillFD    = 4 // Kill, at any time
	RunFD     = 5 // Parked and Ended, in turn
)

// The directories that programs can write to. They share one file system and
// so one quota.
const (
	WorkDir   = "/w"
	TempDir   = "/tmp"
	SharedDir = "/dev/shm"
)
