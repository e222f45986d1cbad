package boxinit

import "assay/agent/box/wire"

// listen hears Kill until the agent hangs up.
func (b *box) listen() {
	_ = outrank()
	urgent := newConn(wire.KillFD)
	for {
		msg, fds, err := urgent.receive()
		if err != nil {
			return
		}
		closeAll(fds)
		if k, ok := wire.DecodeKill(msg); ok {
			b.doom(k.Serial)
		}
	}
}
