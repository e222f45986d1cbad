package e2e

import (
	"testing"

	"assay/client"
)

// Programs that need nearly all that their limits promise.
const (
	javaHeap = `public class Main {
  public static void main(String[] args) {
    byte[][] all = new byte[90][];
    for (int i = 0; i < all.length; i++) { all[i] = new byte[1 << 20]; all[i][i] = 1; }
    System.out.println(Runtime.getRuntime().maxMemory() / (1 << 20) <= 128 ? "fits" : "too large");
  }
}`
	javaTooMuch = `public class Main {
  public static void main(String[] args) {
    byte[][] all = new byte[400][];
    for (int i = 0; i < all.length; i++) all[i] = new byte[1 << 20];
    System.out.println(all.length);
  }
}`
	javaDeep = `public class Main {
  static long down(long n) { return n == 0 ? 0 : 1 + down(n - 1); }
  public static void main(String[] args) { System.out.println(down(1000000)); }
}`
	cppDeep = `#include <cstdio>
long down(volatile long n) { char pad[128]; pad[n % 128] = 1; return n == 0 ? 0 : pad[n % 128] + down(n - 1); }
int main() { std::printf("%ld\n", down(1000000)); }`
	cppTooDeep = `#include <cstdio>
long down(volatile long n) { char pad[4096]; pad[n % 4096] = 1; return n == 0 ? 0 : pad[n % 4096] + down(n - 1); }
int main() { std::printf("%ld\n", down(1000000)); }`
	pythonDeep = `import sys
sys.setrecursionlimit(10**6)
def down(n):
    return 0 if n == 0 else 1 + down(n - 1)
print(down(200000))`
)

func TestRuntimesKnowTheirLimits(t *testing.T) {
	needBoxes(t)
	_, c := start(t, t.TempDir())
	for _, tt := range []struct {
		what, language, source string
		limits                 client.Limits
		want, output           string
	}{
		{"a Java heap of 90 MB fits under 128 MB", "java", javaHeap, client.Limits{MemoryKB: 128 << 10}, "accepted", "fits\n"},
		{"a Java heap of 400 MB does not", "java", javaTooMuch, client.Limits{MemoryKB: 128 << 10}, "memory_limit_exceeded", ""},
		{"a million Java frames fit on the stack", "java", javaDeep, client.Limits{}, "accepted", "1000000\n"},
		{"a million C++ frames fit on the stack", "cpp", cppDeep, client.Limits{}, "accepted", "1000000\n"},
		{"four gigabytes of C++ frames do not", "cpp", cppTooDeep, client.Limits{StackKB: 64 << 10}, "runtime_error", ""},
		{"200,000 Python frames fit", "python3", pythonDeep, client.Limits{}, "accepted", "200000\n"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			if l, err := c.Language(t.Context(), tt.language); err != nil || !l.Available {
				t.Skipf("SKIPPED: %s is not available: %s %v", tt.language, l.Reason, err)
			}
			test := client.Test{ID: "1"}
			if tt.output != "" {
				test.Expected = client.Expect(tt.output)
			}
			s, err := c.Judge(t.Context(), client.Request{
				Language: tt.language, Source: tt.source, Limits: &tt.limits, Tests: []client.Test{test},
			})
			if err != nil || s.Verdict != tt.want {
				t.Errorf("verdict %s, want %s: %v %+v %+v", s.Verdict, tt.want, err, s.Compile, s.Tests)
			}
		})
	}
}
