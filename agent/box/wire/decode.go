package wire

// KindOf tells what a request asks for.
func KindOf(b []byte) Kind {
	if len(b) == 0 {
		return 0
	}
	return Kind(b[0])
}

// body starts reading behind the kind of a request.
func body(b []byte) *reader {
	if len(b) == 0 {
		return &reader{bad: true}
	}
	return &reader{rest: b[1:]}
}

// DecodeSetup reads a Setup; false means that the message is damaged.
func DecodeSetup(b []byte) (s Setup, ok bool) {
	r := body(b)
	s.Root = make([]Mount, r.count())
	for i := range s.Root {
		s.Root[i] = Mount{r.string(), r.string(), r.bool()}
	}
	s.Links = make([]Link, r.count())
	for i := range s.Links {
		s.Links[i] = Link{r.string(), r.string()}
	}
	s.Files = make([]File, r.count())
	for i := range s.Files {
		s.Files[i] = File{r.string(), r.string()}
	}
	s.Scratch = r.string()
	s.Masks = r.strings()
	s.Filter = []byte(r.string())
	s.UID = int(r.int())
	s.Host = r.string()
	s.Rlimits = make([]Rlimit, r.count())
	for i := range s.Rlimits {
		s.Rlimits[i] = Rlimit{int(r.int()), r.uint()}
	}
	s.Stage = r.string()
	s.Unprivileged = r.bool()
	return s, r.ok()
}

// DecodeRun reads a Run; false means that the message is damaged.
func DecodeRun(b []byte) (run Run, ok bool) {
	r := body(b)
	run.Serial = r.uint()
	run.Argv = r.strings()
	run.Env = r.strings()
	run.UID = int(r.int())
	run.Stack = r.uint()
	run.FileSize = r.uint()
	run.HasStdin = r.bool()
	run.Keep = r.bool()
	run.Memory = r.uint()
	return run, r.ok()
}

// DecodePrepare reads a Prepare; false means that the message is damaged.
func DecodePrepare(b []byte) (p Prepare, ok bool) {
	r := body(b)
	p = Prepare{r.uint(), r.uint()}
	return p, r.ok()
}

// DecodeInstall reads an Install; false means that the message is damaged.
func DecodeInstall(b []byte) (i Install, ok bool) {
	r := body(b)
	i = Install{r.string(), r.bool()}
	return i, r.ok()
}

// DecodeCollect reads a Collect; false means that the message is damaged.
func DecodeCollect(b []byte) (c Collect, ok bool) {
	r := body(b)
	c = Collect{r.string()}
	return c, r.ok()
}

// DecodeList reads a List; false means that the message is damaged.
func DecodeList(b []byte) (l List, ok bool) {
	r := body(b)
	l = List{int(r.int())}
	return l, r.ok()
}

// DecodeKill reads a Kill; false means that the message is damaged.
func DecodeKill(b []byte) (k Kill, ok bool) {
	r := &reader{rest: b}
	k = Kill{r.uint()}
	return k, r.ok()
}

func (r *reader) reply() Reply { return Reply{int(r.int()), r.string()} }

// DecodeReply reads a Reply; false means that the message is damaged.
func DecodeReply(b []byte) (Reply, bool) {
	r := &reader{rest: b}
	v := r.reply()
	return v, r.ok()
}

// DecodeEnded reads an Ended; false means that the message is damaged.
func DecodeEnded(b []byte) (e Ended, ok bool) {
	r := &reader{rest: b}
	e = Ended{r.reply(), int(r.int()), uint32(r.uint()), r.int(), r.int(), r.int(), r.bool(), r.int()}
	return e, r.ok()
}

// DecodeOpened reads an Opened; false means that the message is damaged.
func DecodeOpened(b []byte) (o Opened, ok bool) {
	r := &reader{rest: b}
	o = Opened{r.reply(), r.int(), r.bool()}
	return o, r.ok()
}

// DecodeNames reads a part of a list; false means that the message is damaged.
func DecodeNames(b []byte) (n Names, ok bool) {
	r := &reader{rest: b}
	n = Names{r.reply(), r.strings(), r.bool()}
	return n, r.ok()
}
