package native_test

import (
	"os"
	"strconv"
	"testing"

	"assay/agent/box/boxtest"
	"assay/agent/box/native"
)

func TestANativeBoxHoldsAgainstHostilePrograms(t *testing.T) {
	boxtest.RunHostile(t, driver(t, native.Config{}))
}

// flipsVariable is the environment variable that says how often each honest
// program runs: make test-flips sets it.
const flipsVariable = "ASSAY_TEST_FLIPS"

func TestNoVerdictFlipsBesideHostilePrograms(t *testing.T) {
	runs, err := strconv.Atoi(os.Getenv(flipsVariable))
	if err != nil || runs < 1 {
		t.Skip("SKIPPED: it takes minutes and both processors; make test-flips runs it")
	}
	boxtest.RunFlips(t, driver(t, native.Config{}), runs)
}
