package natural_test

import (
	"strings"
	"testing"

	"assay/internal/natural"
)

func TestNamesCompareAsPeopleCount(t *testing.T) {
	order := []string{
		"", "01", "1", "02", "2", "9", "10", "99999999999999999999998", "99999999999999999999999",
		"a", "a1", "a02", "a2", "a2b", "a10", "a10b", "b", "gcc-9", "gcc-10.2", "gcc-10.10", "ä2", "ä10",
	}
	for i, a := range order {
		for j, b := range order {
			if got := natural.Compare(a, b); (i < j) != (got < 0) || (i > j) != (got > 0) {
				t.Errorf("%q and %q compare as %d", a, b, got)
			}
		}
	}
}

func FuzzTheOrderIsAnOrder(f *testing.F) {
	f.Add("a1", "a01", "a10")
	f.Add("1a", "1-", "01")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		ab, bc, ac := natural.Compare(a, b), natural.Compare(b, c), natural.Compare(a, c)
		if (ab < 0) != (natural.Compare(b, a) > 0) || (ab == 0) != (strings.Compare(a, b) == 0) {
			t.Errorf("%q and %q", a, b)
		}
		if ab < 0 && bc < 0 && ac >= 0 {
			t.Errorf("%q < %q < %q, and %q does not come before %q", a, b, c, a, c)
		}
	})
}
