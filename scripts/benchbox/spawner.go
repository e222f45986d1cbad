package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// spawner is the bare baseline, a process in a group of its own.
type spawner struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out io.ReadCloser
}

// startSpawner starts one in a group, whose processor time is then the cost of
// everything it does.
func startSpawner(p programs, g *account) (*spawner, error) {
	s := &spawner{cmd: exec.Command(p.spawner, p.idle)}
	s.cmd.Stderr = os.Stderr
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if s.out, err = s.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start spawner: %w", err)
	}
	return s, g.enter(s.cmd.Process.Pid)
}

// ask gives an order and returns the answer.
func (s *spawner) ask(order byte) (int64, error) {
	if _, err := s.in.Write([]byte{order}); err != nil {
		return 0, err
	}
	var answer [8]byte
	_, err := io.ReadFull(s.out, answer[:])
	return int64(binary.LittleEndian.Uint64(answer[:])), err
}

// run starts the program once and tells how long it took.
func (s *spawner) run() (time.Duration, error) {
	n, err := s.ask('r')
	return time.Duration(n), err
}

// burst starts the program as often as possible for half a second.
func (s *spawner) burst() (int, error) {
	n, err := s.ask('l')
	return int(n), err
}

func (s *spawner) close() {
	_ = s.in.Close()
	_ = s.cmd.Wait()
}
