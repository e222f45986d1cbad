package cores

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// sysfs is where the kernel describes processors.
const sysfs = "/sys/devices/system/cpu"

// Mine are the processors that this process may use (by its affinity, which
// cpusets restrict), one for each physical core: siblings of one core would
// change each other's times.
func Mine() ([]int, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil, fmt.Errorf("read processor affinity: %w", err)
	}
	var all []int
	for cpu := range 64 * len(set) {
		if set.IsSet(cpu) {
			all = append(all, cpu)
		}
	}
	return oneOfEach(all, func(cpu int) []int { return siblings(sysfs, cpu) }), nil
}

// Count is how many processors Mine has; where that cannot be told, how many
// the machine has.
func Count() int {
	mine, err := Mine()
	if err != nil {
		return runtime.NumCPU()
	}
	return len(mine)
}

// oneOfEach keeps the first processor of each core.
func oneOfEach(cpus []int, siblings func(int) []int) (kept []int) {
	covered := map[int]bool{}
	for _, cpu := range cpus {
		if covered[cpu] {
			continue
		}
		kept = append(kept, cpu)
		for _, s := range siblings(cpu) {
			covered[s] = true
		}
	}
	return kept
}

// siblings are the processors of a processor's core, itself among them; none
// where the kernel does not tell.
func siblings(sysfs string, cpu int) []int {
	dir := filepath.Join(sysfs, "cpu"+strconv.Itoa(cpu), "topology")
	for _, name := range []string{"core_cpus_list", "thread_siblings_list"} { // the second before Linux 5.3
		if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			return parseList(strings.TrimSpace(string(text)))
		}
	}
	return nil
}

// parseList reads "0-2,7"; nothing if it is not such a list.
func parseList(list string) (cpus []int) {
	for part := range strings.SplitSeq(list, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.Atoi(from)
		last, err2 := strconv.Atoi(to)
		if err1 != nil || err2 != nil || last-first > 1<<16 {
			return nil
		}
		for cpu := first; cpu <= last; cpu++ {
			cpus = append(cpus, cpu)
		}
	}
	return cpus
}
