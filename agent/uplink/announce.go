package uplink

import (
	"assay/judge"
	pb "assay/proto/assay/v1"
	"assay/proto/convert"
)

// Announce says what the agent can judge from now on, in place of
// Config.Languages. A stream that is open goes on, and so do attempts. It
// never waits, works before and during Run, and is for any goroutine.
func (u *Uplink) Announce(languages []judge.Language) {
	u.languages.Store(&languages)
	select {
	case u.announced <- struct{}{}:
	default:
	}
}

func (l *loop) sendLanguages() {
	if l.attached() {
		l.session.send(&pb.AgentMessage{Kind: &pb.AgentMessage_Languages{Languages: &pb.Languages{Languages: l.published()}}})
	}
}

func (l *loop) published() []*pb.Language {
	var all []*pb.Language
	for _, language := range *l.languages.Load() {
		all = append(all, convert.LanguageToProto(language))
	}
	return all
}
