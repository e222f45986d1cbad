package talk

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"assay/agent/box"
	"assay/agent/box/wire"
)

// Client asks process 1 of a box for what is the same in all of them: to take
// files in and out, to sweep and to reset. The first fault makes it useless, and
// the box with it. One goroutine at a time may use it.
type Client struct {
	request *Link
	grace   time.Duration
	kept    bool  // the last run may have left files
	broken  error // why the box cannot be used any more
}

// NewClient returns one that asks over this link, which stays the caller's, and
// waits for an answer no longer than grace.
func NewClient(request *Link, grace time.Duration) Client {
	return Client{request: request, grace: grace}
}

// Grace is how long process 1 may take for what it is told.
func (c *Client) Grace() time.Duration { return c.grace }

// Ask makes a request that has no particular answer.
func (c *Client) Ask(msg []byte, fds ...int) error {
	if err := c.request.Send(msg, fds...); err != nil {
		return err
	}
	reply, _, err := c.request.await(c.grace)
	if err != nil {
		return err
	}
	r, ok := wire.DecodeReply(reply)
	if !ok {
		return errGarbled
	}
	return ReplyError(r)
}

// ReplyError is the error that an answer tells of, or nil.
func ReplyError(r wire.Reply) error {
	if r.Errno == 0 {
		return nil
	}
	return fmt.Errorf("%s: %w", r.Op, syscall.Errno(r.Errno))
}

// Begin has what the last run was allowed to keep removed, and notes whether
// the next one may keep something.
func (c *Client) Begin(keep bool) error {
	if c.kept {
		if err := c.Ask(wire.EncodeSweep()); err != nil {
			return fmt.Errorf("remove what was kept: %w", err)
		}
	}
	c.kept = keep
	return nil
}

// Reset removes what programs left and what was installed.
func (c *Client) Reset(context.Context) error {
	if err := c.Usable("reset"); err != nil {
		return err
	}
	if err := c.Ask(wire.EncodeReset()); err != nil {
		return c.Fail("reset", err)
	}
	c.kept = false
	return nil
}

// Fail makes an error a fault, and the box unusable.
func (c *Client) Fail(op string, err error) error {
	if c.broken == nil {
		c.broken = fmt.Errorf("%s: %w", op, err)
	}
	return &box.Fault{Op: op, Err: err}
}

// Retire makes the box unusable for a reason that is nobody's fault.
func (c *Client) Retire(reason error) { c.broken = reason }

// Usable says why a box cannot be used.
func (c *Client) Usable(op string) error {
	if c.broken != nil {
		return &box.Fault{Op: op, Err: fmt.Errorf("box is broken: %w", c.broken)}
	}
	return nil
}
