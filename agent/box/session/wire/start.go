package wire

// Marker is the environment variable that makes an executable start as the
// keeper of a box, when it is also process 1 of its pid namespace. Its value is
// "inherit" where the keeper is born with the descriptors below, and otherwise
// the path of a socket to connect to: once for requests, then once for Kill.
const Marker = "ASSAY_BOX_KEEPER"

// Inherit is a value of Marker.
const Inherit = "inherit"

// The descriptors that a keeper can be born with.
const (
	RequestFD = 3 // requests and answers, in turn
	KillFD    = 4 // Kill, at any time
)

// The directories that programs can write to.
const (
	WorkDir   = "/w"
	TempDir   = "/tmp"
	SharedDir = "/dev/shm"
)
