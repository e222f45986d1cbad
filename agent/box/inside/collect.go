package inside

import (
	"syscall"

	"assay/agent/box/wire"
)

// maxDepth is how deep List looks. Each level holds a descriptor.
const maxDepth = 32

// AnswerCollect hands the agent the file that it asks for.
func (w *Work) AnswerCollect(agent *Conn, msg []byte) {
	c, ok := wire.DecodeCollect(msg)
	if !ok {
		agent.Send(wire.Opened{Reply: wire.Reply{Errno: int(syscall.EBADMSG), Op: "read collect"}}.Encode(), -1)
		return
	}
	fd, opened, err := w.collect(c.Name)
	if err != nil {
		agent.Send(wire.Opened{Reply: ReplyTo(err)}.Encode(), -1)
		return
	}
	agent.Send(opened.Encode(), fd)
	syscall.Close(fd)
}

// collect opens a regular file that a program left and nothing else: not a
// file that was installed, and none that has a second name.
func (w *Work) collect(name string) (int, wire.Opened, error) {
	parts := split(name)
	if len(parts) == 0 {
		return -1, wire.Opened{}, Failed("collect", syscall.EINVAL)
	}
	if w.installed[parts[0]] {
		return -1, wire.Opened{}, Failed("collect", syscall.ENOENT)
	}
	dir := w.dir
	for _, part := range parts[:len(parts)-1] {
		next, err := openDir(dir, part)
		w.leave(dir)
		if err != nil {
			return -1, wire.Opened{}, Failed("open directory", err)
		}
		dir = next
	}
	defer w.leave(dir)
	const flags = syscall.O_RDONLY | syscall.O_NOFOLLOW | syscall.O_NONBLOCK | syscall.O_NOCTTY | syscall.O_CLOEXEC
	fd, err := syscall.Openat(dir, parts[len(parts)-1], flags, 0)
	if err != nil {
		return -1, wire.Opened{}, Failed("open", err)
	}
	opened, err := examine(fd)
	if err != nil {
		syscall.Close(fd)
		return -1, opened, err
	}
	return fd, opened, nil
}

func examine(fd int) (wire.Opened, error) {
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		return wire.Opened{}, Failed("examine", err)
	}
	if st.Mode&syscall.S_IFMT != syscall.S_IFREG || st.Nlink != 1 {
		return wire.Opened{}, Failed("examine", syscall.ELOOP)
	}
	return wire.Opened{Size: st.Size, Exec: st.Mode&0o100 != 0}, nil
}

// AnswerList tells the agent the names that it asks for.
func (w *Work) AnswerList(agent *Conn, msg []byte) {
	l, ok := wire.DecodeList(msg)
	if !ok {
		agent.Send(wire.Names{Reply: wire.Reply{Errno: int(syscall.EBADMSG), Op: "read list"}}.Encode(), -1)
		return
	}
	var names []string
	err := w.list(w.dir, "", 0, l.Max, &names)
	sendNames(agent, names, err)
}

// sendNames sends a list in as many parts as it takes.
func sendNames(agent *Conn, names []string, err error) {
	for {
		n, size := 0, 0
		for n < len(names) && size < wire.MaxPacket/2 {
			size += len(names[n]) + 3
			n++
		}
		agent.Send(wire.Names{Reply: ReplyTo(err), Names: names[:n], More: n < len(names)}.Encode(), -1)
		names = names[n:]
		if len(names) == 0 {
			return
		}
	}
}

// list adds the regular files below a directory until there are limit names.
func (w *Work) list(dir int, prefix string, depth, limit int, names *[]string) error {
	var dirs []string
	err := w.each(dir, func(name string, kind byte) bool {
		if depth == 0 && w.installed[name] {
			return true
		}
		switch kind {
		case syscall.DT_REG:
			*names = append(*names, prefix+name)
		case syscall.DT_DIR:
			dirs = append(dirs, name)
		}
		return len(*names) < limit
	})
	if err != nil || depth == maxDepth {
		return err
	}
	for _, name := range dirs {
		if len(*names) >= limit {
			return nil
		}
		below, err := openDir(dir, name)
		if err != nil {
			return Failed("open directory", err)
		}
		err = w.list(below, prefix+name+"/", depth+1, limit, names)
		syscall.Close(below)
		if err != nil {
			return err
		}
	}
	return nil
}
