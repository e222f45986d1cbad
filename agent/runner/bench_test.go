package runner_test

import (
	"fmt"
	"testing"
	"time"

	"assay/agent/runner"
	"assay/judge"
)

const sumSource = `#include <bits/stdc++.h>
using namespace std;
int main() {
  vector<long long> v; map<string, int> seen;
  for (long long x; cin >> x;) { v.push_back(x); seen[to_string(x)]++; }
  sort(v.begin(), v.end());
  cout << accumulate(v.begin(), v.end(), 0LL) << endl;
}
`

// twentyTests is a C++ submission with 20 tests. Distinct ones differ in a
// comment, so that each has to be compiled.
func twentyTests(seq int, distinct bool) runner.Work {
	source := sumSource
	if distinct {
		source += fmt.Sprintf("// %d %d\n", seq, time.Now().UnixNano())
	}
	var tests []judge.Test
	for i := range 20 {
		test := tc(fmt.Sprintf("%d %d\n", i, i), fmt.Sprintln(2*i))
		test.ID = fmt.Sprint(i)
		tests = append(tests, test)
	}
	w := runner.Work{ID: fmt.Sprint(seq), Seq: uint64(seq)}
	file := judge.File{Name: "main.cpp", Content: judge.Payload{Inline: []byte(source), Size: int64(len(source))}}
	w.Spec.Program = judge.Program{Language: "cpp17", Files: []judge.File{file}, Entry: "main.cpp"}
	w.Suite.Tests = tests
	return w
}

// Measured on 2 cores at a load average of 7 to 9, few iterations: cold 0.57 to
// 0.68 s, nearly all of it the compiler; cached 21 to 22 ms.
func BenchmarkTwentyTests(b *testing.B) {
	bench := newRealBench(b)
	for name, distinct := range map[string]bool{"cold": true, "cached": false} {
		b.Run(name, func(b *testing.B) {
			var compile, run time.Duration
			for i := range b.N {
				res, err := bench.Run(b.Context(), twentyTests(i, distinct), &diary{})
				must(b, err)
				if res.Verdict != judge.Accepted {
					b.Fatalf("%s: %+v", res.Verdict, res.Compile)
				}
				compile += res.Timing.Compile
				run += res.Timing.Run
			}
			b.ReportMetric(float64(compile.Milliseconds())/float64(b.N), "compile-ms/op")
			b.ReportMetric(float64(run.Microseconds())/1000/float64(b.N), "run-ms/op")
		})
	}
}
