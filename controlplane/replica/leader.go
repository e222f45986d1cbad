package replica

import "context"

// Leader is who leads, as far as a replica knows. The zero Leader is nobody.
type Leader struct {
	ID, Address string
	// Here: it is this replica, and everything from before its term is applied.
	Here bool
}

// Leader never waits.
func (r *Replica) Leader() Leader {
	s, _ := r.board.get()
	return s.public()
}

// NextLeader waits until the leader is another than old, which may mean
// nobody.
func (r *Replica) NextLeader(ctx context.Context, old Leader) (Leader, error) {
	s, err := r.wait(ctx, func(s standing) bool { return s.public() != old })
	return s.public(), err
}

func (s standing) public() Leader { return Leader{ID: s.leader, Address: s.address, Here: s.led != 0} }
