package fleet

import (
	"strings"
	"testing"
	"time"
)

func TestWhatWaitsForAnAgentTravelsTogetherIfItUnpacks(t *testing.T) {
	many := strings.Repeat("m ", maxPacked+2)
	for name, c := range map[string]struct {
		unpacks      bool
		queued, want string
	}{
		"alone":               {true, "a", "a"},
		"together":            {true, "a b c", "a+b+c"},
		"large ones":          {true, "a large b large c", "a+large b+large c"},
		"more than one holds": {true, many, strings.Repeat("m+", maxPacked-1) + "m m+m"},
		"an agent of before":  {false, "a b", "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(Hello{Unpacks: c.unpacks}, time.Now())
			for id := range strings.FieldsSeq(c.queued) {
				a := Assignment{Attempt: Attempt{Submission: id}}
				if id == "large" {
					a.Spec.Inline = make([]byte, maxPackedBytes)
				}
				s.Assign(a)
			}
			var sent []string
			for len(s.out) > 0 {
				m := s.pack(<-s.out)
				ids := m.GetAssignment().GetAttempt().GetSubmission()
				for _, more := range m.GetMore() {
					ids += "+" + more.GetAssignment().GetAttempt().GetSubmission()
				}
				sent = append(sent, ids)
			}
			if got := strings.Join(sent, " "); got != c.want {
				t.Errorf("sent %s, want %s", got, c.want)
			}
		})
	}
}
