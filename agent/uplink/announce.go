package uplink

import (
	"context"
	"errors"

	"assay/judge"
)

// announced tells the loop what the agent can judge from now on.
type announced struct{ languages []judge.Language }

var errAnnounce = errors.New("the agent has something new to say of itself")

// Announce says what the agent can judge from now on. A stream that is open is
// begun anew, for a hello is the first thing on it: attempts that run are
// claimed by that hello and go on. It returns once the loop of Run has heard.
func (u *Uplink) Announce(languages []judge.Language) {
	u.tell(context.Background(), announced{languages})
}

func (l *loop) announce(languages []judge.Language) {
	l.cfg.Languages = languages
	if l.session != nil {
		l.session.end(errAnnounce)
	}
}
