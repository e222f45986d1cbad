package boxtest

import (
	"os"
	"strconv"
	"sync"
	"time"
)

// SlowdownVariable is the environment variable that says how many times slower
// than usual this machine is, in whole numbers: an emulated one takes that
// much longer for everything.
const SlowdownVariable = "ASSAY_TEST_SLOWDOWN"

// UnprivilegedVariable is the environment variable that says that boxes can be
// made here by a user who is not root.
const UnprivilegedVariable = "ASSAY_TEST_UNPRIVILEGED"

var slowdown = sync.OnceValue(func() time.Duration {
	n, err := strconv.Atoi(os.Getenv(SlowdownVariable))
	if err != nil {
		return 1
	}
	return time.Duration(max(n, 1))
})

// Paced is a time in which this machine gets as far as others in the given
// one. Limits of processor and wall time are paced, and the patience of
// drivers; what is promised about them is not.
func Paced(d time.Duration) time.Duration { return d * slowdown() }

// CgroupParent is the group that the groups of tests are made in: the top,
// beside whatever the tests run in, unless ASSAY_TEST_CGROUP_PARENT names
// another. Empty, it stands for the group of the tests.
func CgroupParent() string {
	if name, ok := os.LookupEnv("ASSAY_TEST_CGROUP_PARENT"); ok {
		return name
	}
	return "/"
}
