package native_test

import (
	"testing"

	"assay/agent/box/boxtest"
	"assay/agent/box/native"
)

func TestANativeBoxHoldsAgainstHostilePrograms(t *testing.T) {
	boxtest.RunHostile(t, driver(t, native.Config{}))
}
