package blob

import "errors"

// What the methods of a Store return, wrapped or not.
var (
	// ErrNotFound: there is no such blob. A malformed digest names none.
	ErrNotFound = errors.New("no such blob")
	// ErrDiskLow: new blobs are refused until there is room again.
	ErrDiskLow = errors.New("disk is low")
	// ErrReadOnly: an fsync failed since Prepare.
	ErrReadOnly = errors.New("blob store is read-only after a failed fsync")
	// ErrNoQuorum: too few servers could take a copy. What was stored of it is
	// swept in time.
	ErrNoQuorum = errors.New("too few servers can store a copy")
	// ErrCorrupt: a blob's content is not what its name says.
	ErrCorrupt = errors.New("blob is corrupt")
)
