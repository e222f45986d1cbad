package fleet

import (
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "assay/proto/assay/v1"
	"assay/proto/convert"
)

// What an agent may say of itself at most; more is a mistake or malice.
const (
	maxBoxes     = 4096
	maxLanguages = 1000
	maxHeld      = 4 * maxBoxes
	maxCredit    = 2 * maxBoxes
)

// name is what nodes, incarnations, classes and languages are called: short,
// printable, and without the space that separates names elsewhere.
var name = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:+#@/-]{0,127}$`)

func readHello(m *pb.AgentMessage) (Hello, error) {
	p := m.GetHello()
	if p == nil {
		return Hello{}, status.Error(codes.InvalidArgument, "the first message is not a hello")
	}
	h := Hello{
		Node:        p.GetNode(),
		Incarnation: p.GetIncarnation(),
		Version:     p.GetVersion(),
		Boxes:       int(p.GetBoxes()),
		Class:       p.GetNodeClass(),
		CPU:         p.GetCpuModel(),
		Draining:    p.GetDraining(),
		Reserve:     int(p.GetReserve()),
		Unpacks:     p.GetUnpacks(),
		Condition:   readCondition(p.GetSpeed(), p.GetAside()),
	}
	for _, a := range p.GetHeld() {
		h.Held = append(h.Held, readAttempt(a))
	}
	if err := h.validate(); err != nil {
		return Hello{}, status.Error(codes.InvalidArgument, err.Error())
	}
	languages, err := readLanguages(p.GetLanguages())
	h.Languages = languages
	return h, err
}

func (h Hello) validate() error {
	switch {
	case !name.MatchString(h.Node):
		return fmt.Errorf("hello: node %q is no name", h.Node)
	case !name.MatchString(h.Incarnation):
		return fmt.Errorf("hello: incarnation %q is no name", h.Incarnation)
	case h.Class != "" && !name.MatchString(h.Class):
		return fmt.Errorf("hello: node class %q is no name", h.Class)
	case h.Boxes < 1 || h.Boxes > maxBoxes:
		return fmt.Errorf("hello: %d boxes, want 1 to %d", h.Boxes, maxBoxes)
	case h.Reserve < 0 || h.Reserve > maxBoxes:
		return fmt.Errorf("hello: a reserve of %d, want 0 to %d", h.Reserve, maxBoxes)
	case len(h.Held) > maxHeld:
		return fmt.Errorf("hello: %d held attempts are too many", len(h.Held))
	}
	return nil
}

// readCondition keeps what an agent says of its fitness to what can be shown. A
// figure that makes no sense is none; it is no reason to send the agent away.
func readCondition(speed float64, aside string) Condition {
	const fastest, longest = 1e9, 300
	if !(speed > 0 && speed < fastest) {
		speed = 0
	}
	if len(aside) > longest {
		aside = aside[:longest]
	}
	return Condition{Speed: speed, Aside: strings.ToValidUTF8(aside, "\uFFFD")}
}

func readLanguages(ps []*pb.Language) (Languages, error) {
	if len(ps) > maxLanguages {
		return nil, status.Errorf(codes.InvalidArgument, "%d languages are too many", len(ps))
	}
	seen := map[string]bool{}
	var all Languages
	for _, p := range ps {
		l := convert.LanguageFromProto(p)
		if !name.MatchString(l.ID) || seen[l.ID] {
			return nil, status.Errorf(codes.InvalidArgument, "language %q is no name, or there twice", l.ID)
		}
		seen[l.ID] = true
		all = append(all, l)
	}
	return all, nil
}
