package boxinit

const (
	sysPrlimit = 261
	sysEventfd = 19
)

// storageAddress is not known here.
func storageAddress() uintptr { return 0 }
