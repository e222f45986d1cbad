package talk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/wire"
)

// ErrIrregular is returned for a name that a program made something else of
// than a regular file with one link.
var ErrIrregular = errors.New("not a regular file with one link")

// ErrTooLarge is returned when the files to be collected exceed the size that
// was asked for.
var ErrTooLarge = errors.New("files are too large")

// Install puts files into the work directory.
func (c *Client) Install(_ context.Context, files []box.File) error {
	if err := c.Usable("install"); err != nil {
		return err
	}
	for _, f := range files {
		if !fs.ValidPath(f.Name) || f.Name == "." {
			return &box.Fault{Op: "install", Err: fmt.Errorf("%q is not a clean relative path", f.Name)}
		}
		if err := c.Ask(wire.Install{Name: f.Name, Exec: f.Exec}.Encode(), int(f.Content.Fd())); err != nil {
			return c.Fail("install", err)
		}
	}
	return nil
}

// Collect opens files that the last run left.
func (c *Client) Collect(_ context.Context, names []string, maxBytes int64) (_ []box.Collected, err error) {
	if err := c.Usable("collect"); err != nil {
		return nil, err
	}
	var list []box.Collected
	defer func() {
		if err != nil {
			for _, one := range list {
				_ = one.Content.Close()
			}
		}
	}()
	for _, name := range names {
		one, err := c.collect(name, maxBytes)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
		maxBytes -= one.Size
	}
	return list, nil
}

// collect opens one file and takes a copy. The file itself would count as
// memory of the box for as long as somebody reads it, and leave the next
// program so much less.
func (c *Client) collect(name string, maxBytes int64) (box.Collected, error) {
	fd, opened, err := c.openLeft(name)
	if err != nil {
		return box.Collected{}, err
	}
	defer unix.Close(fd)
	if opened.Size > maxBytes {
		return box.Collected{}, fmt.Errorf("collect %s: %w", name, ErrTooLarge)
	}
	copied, err := sealedCopy(name, fd, opened.Size)
	if err != nil {
		return box.Collected{}, c.Fail("collect", err)
	}
	return box.Collected{Name: name, Content: os.NewFile(uintptr(copied), name), Size: opened.Size, Exec: opened.Exec}, nil
}

// openLeft has the init open a file.
func (c *Client) openLeft(name string) (fd int, opened wire.Opened, err error) {
	if !fs.ValidPath(name) || name == "." {
		return -1, opened, fmt.Errorf("collect %q: %w", name, fs.ErrNotExist)
	}
	err = c.request.Send(wire.Collect{Name: name}.Encode())
	if err != nil {
		return -1, opened, c.Fail("collect", err)
	}
	msg, fd, err := c.request.await(c.grace)
	if err != nil {
		return -1, opened, c.Fail("collect", err)
	}
	opened, ok := wire.DecodeOpened(msg)
	if !ok || (opened.Errno == 0) != (fd >= 0) {
		_ = unix.Close(fd)
		return -1, opened, c.Fail("collect", errGarbled)
	}
	switch errno := syscall.Errno(opened.Errno); errno {
	case 0:
		return fd, opened, nil
	case unix.ENOENT, unix.ENOTDIR:
		return -1, opened, fmt.Errorf("collect %s: %w", name, fs.ErrNotExist)
	case unix.ELOOP, unix.ENXIO, unix.ENODEV:
		return -1, opened, fmt.Errorf("collect %s: %w", name, ErrIrregular)
	default:
		return -1, opened, c.Fail("collect", ReplyError(opened.Reply))
	}
}

// List names the regular files that the last run left. Directories more than
// 32 levels deep are not looked into.
func (c *Client) List(_ context.Context, limit int) ([]string, error) {
	if err := c.Usable("list"); err != nil {
		return nil, err
	}
	if err := c.request.Send(wire.List{Max: limit}.Encode()); err != nil {
		return nil, c.Fail("list", err)
	}
	var list []string
	for {
		msg, _, err := c.request.await(c.grace)
		if err != nil {
			return nil, c.Fail("list", err)
		}
		part, ok := wire.DecodeNames(msg)
		if !ok {
			return nil, c.Fail("list", errGarbled)
		}
		if err := ReplyError(part.Reply); err != nil {
			return nil, c.Fail("list", err)
		}
		list = append(list, part.Names...)
		if !part.More {
			slices.Sort(list)
			return list, nil
		}
	}
}
