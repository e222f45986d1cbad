package wire

// Encode gives the message that asks for this.
func (s Setup) Encode() []byte {
	w := writer{byte(KindSetup)}
	w.uint(uint64(len(s.Root)))
	for _, m := range s.Root {
		w.string(m.Source)
		w.string(m.Target)
		w.bool(m.Dir)
	}
	w.uint(uint64(len(s.Links)))
	for _, l := range s.Links {
		w.string(l.Name)
		w.string(l.Target)
	}
	w.uint(uint64(len(s.Files)))
	for _, f := range s.Files {
		w.string(f.Name)
		w.string(f.Content)
	}
	w.string(s.Scratch)
	w.strings(s.Masks)
	w.string(string(s.Filter))
	w.int(int64(s.UID))
	w.string(s.Host)
	w.uint(uint64(len(s.Rlimits)))
	for _, l := range s.Rlimits {
		w.int(int64(l.Resource))
		w.uint(l.Value)
	}
	w.string(s.Stage)
	w.bool(s.Unprivileged)
	return w
}

// Encode gives the message that asks for this.
func (r Run) Encode() []byte {
	w := writer{byte(KindRun)}
	w.uint(r.Serial)
	w.strings(r.Argv)
	w.strings(r.Env)
	w.int(int64(r.UID))
	w.uint(r.Stack)
	w.uint(r.FileSize)
	w.bool(r.HasStdin)
	w.bool(r.Keep)
	w.uint(r.Memory)
	return w
}

// Encode gives the message that asks for this.
func (p Prepare) Encode() []byte {
	w := writer{byte(KindPrepare)}
	w.uint(p.Stack)
	w.uint(p.FileSize)
	return w
}

// Encode gives the message that asks for this.
func (i Install) Encode() []byte {
	w := writer{byte(KindInstall)}
	w.string(i.Name)
	w.bool(i.Exec)
	return w
}

// Encode gives the message that asks for this.
func (c Collect) Encode() []byte {
	w := writer{byte(KindCollect)}
	w.string(c.Name)
	return w
}

// Encode gives the message that asks for this.
func (l List) Encode() []byte {
	w := writer{byte(KindList)}
	w.int(int64(l.Max))
	return w
}

// Encode gives the message that asks for this.
func (k Kill) Encode() []byte {
	var w writer
	w.uint(k.Serial)
	return w
}

// EncodeSweep gives the message that asks for what was kept to be removed.
func EncodeSweep() []byte { return []byte{byte(KindSweep)} }

// EncodeReset gives the message that asks for a reset.
func EncodeReset() []byte { return []byte{byte(KindReset)} }

func (w *writer) reply(r Reply) {
	w.int(int64(r.Errno))
	w.string(r.Op)
}

// Encode gives the answer as a message.
func (r Reply) Encode() []byte {
	var w writer
	w.reply(r)
	return w
}

// Encode gives the answer as a message.
func (e Ended) Encode() []byte {
	var w writer
	w.reply(e.Reply)
	w.int(int64(e.Exec))
	w.uint(uint64(e.Status))
	w.int(e.Wall)
	w.int(e.Own)
	w.int(e.MaxRSS)
	w.bool(e.TooLarge)
	w.int(e.Files)
	return w
}

// Encode gives the answer as a message.
func (o Opened) Encode() []byte {
	var w writer
	w.reply(o.Reply)
	w.int(o.Size)
	w.bool(o.Exec)
	return w
}

// Encode gives the answer as a message.
func (n Names) Encode() []byte {
	var w writer
	w.reply(n.Reply)
	w.strings(n.Names)
	w.bool(n.More)
	return w
}
