package replica

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"assay/controlplane/state"
	pb "assay/proto/assay/v1"
	"assay/proto/wire"
)

// frameVersion goes up with every change that an older version would apply
// differently: a new field in a command, a new meaning of an old one.
const frameVersion = 1

// encodeFrame makes a pb.Frame of commands that are encoded already, without
// decoding them again.
func encodeFrame(now time.Time, commands [][]byte) []byte {
	size := 2 * (1 + protowire.SizeVarint(1<<63))
	for _, c := range commands {
		size += 1 + protowire.SizeBytes(len(c))
	}
	b := make([]byte, 0, size)
	b = protowire.AppendVarint(protowire.AppendTag(b, 1, protowire.VarintType), frameVersion)
	b = protowire.AppendVarint(protowire.AppendTag(b, 2, protowire.VarintType), uint64(nanos(now)))
	for _, c := range commands {
		b = protowire.AppendBytes(protowire.AppendTag(b, 3, protowire.BytesType), c)
	}
	return b
}

// writeCommand encodes without protobuf what nearly all of the log consists of. A
// third of what a replica did for a command was to make and read messages.
func writeCommand(c state.Command) (data []byte, ok bool) {
	var w wire.Writer
	switch c := c.(type) {
	case state.Submit:
		w.B = make([]byte, 0, 256+len(c.Spec.Inline)+len(c.Suite.Inline))
		writeSubmit(&w, c)
	case state.Finish:
		w.B = make([]byte, 0, 128+len(c.Result.Inline))
		writeFinish(&w, c)
	default:
		return nil, false
	}
	return w.B, !w.Odd
}

// decoder reads entries of the log. It is for one goroutine.
type decoder struct{ names *wire.Names }

func newDecoder() *decoder { return &decoder{names: wire.NewNames()} }

// command returns nil for a command that is unknown and may be ignored.
func (d *decoder) command(data []byte) (state.Command, error) {
	if c, ok := d.frequent(data); ok {
		return c, nil
	}
	var m pb.Command
	if err := proto.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("decode command: %w", err)
	}
	return decodeCommand(&m)
}

// frequent is the inverse of writeCommand.
func (d *decoder) frequent(data []byte) (state.Command, bool) {
	c := wire.Read(data)
	if !c.Any() || !c.Last() {
		return nil, false
	}
	switch c.Key {
	case wire.Text(commandSubmit):
		return readSubmit(c.Bytes, d.names)
	case wire.Text(commandFinish):
		return readFinish(c.Bytes, d.names)
	}
	return nil, false
}

// frame is the inverse of encodeFrame. The version comes first in a frame, and
// nothing is looked at under one that is not known.
func (d *decoder) frame(data []byte) (now time.Time, cs []state.Command, err error) {
	const small = 200 // bytes of a command
	cs = make([]state.Command, 0, min(maxEntryCommands, 1+len(data)/small))
	var version uint64
	f := wire.Read(data)
	for f.Any() {
		switch f.Key {
		case wire.Number(1):
			version = f.Value
		case wire.Number(2):
			now = fromNanos(int64(f.Value))
		case wire.Text(3):
			if version != frameVersion {
				return now, nil, newer(version)
			}
			c, err := d.command(f.Bytes)
			if err != nil {
				return now, nil, err
			}
			if c != nil {
				cs = append(cs, c)
			}
		}
	}
	switch {
	case f.Odd():
		return now, nil, errors.New("decode frame: it is not one")
	case version != frameVersion:
		return now, nil, newer(version)
	}
	return now, cs, nil
}

func newer(version uint64) error {
	return fmt.Errorf("%w: frame version %d", ErrIncompatible, version)
}
