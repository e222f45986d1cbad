package e2e

import (
	"strings"
	"testing"

	"assay/client"
)

// maxResident is what the process promises to stay below, whatever programs
// print and suites hold.
const maxResident = 300 << 20

// repeat prints its input as often as its first argument says.
const repeat = `#include <stdio.h>
#include <stdlib.h>
static char text[16 << 20];
int main(int argc, char **argv) {
	size_t n = fread(text, 1, sizeof text, stdin);
	for (int i = 0; i < atoi(argv[1]); i++) fwrite(text, 1, n, stdout);
}
`

func checkResident(t *testing.T, pid interface{ PeakMemory() (int64, error) }) {
	t.Helper()
	peak, err := pid.PeakMemory()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("peak resident memory of the process: %d MB", peak>>20)
	if peak > maxResident {
		t.Errorf("the process grew to %d MB, more than %d MB", peak>>20, maxResident>>20)
	}
}

func TestMemoryStaysBoundedUnderManySubmissions(t *testing.T) {
	needBoxes(t)
	server, c := start(t, t.TempDir())
	waitAll(t, c, submitAll(t, c, 100, 20), 20)
	checkResident(t, server)
}

func TestMemoryStaysBoundedWithLargeInputsAndOutputs(t *testing.T) {
	needBoxes(t)
	server, c := start(t, t.TempDir())
	input := strings.Repeat("all work and no play makes a dull test\n", 10<<20/39)
	suite, err := c.PutSuite(t.Context(), client.SuiteRequest{Tests: []client.Test{
		{ID: "once", Stdin: input, Expected: client.Expect(input), Args: []string{"1"}},
		{ID: "often", Stdin: input, Args: []string{"6"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i := range 20 {
		r := client.Request{Language: "c", Source: repeat, Suite: suite.ID, Limits: &client.Limits{OutputKB: 64 << 10}}
		if i%10 == 0 {
			r.Capture = "all"
		}
		s, err := c.Submit(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, s.ID)
	}
	for _, id := range ids {
		s, err := c.Wait(t.Context(), id)
		if err != nil || s.Verdict != "accepted" {
			t.Errorf("verdict %s, %v: %+v", s.Verdict, err, s.Tests)
		}
	}
	checkResident(t, server)
}
