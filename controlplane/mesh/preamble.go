package mesh

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// patience is how long either side takes to become acquainted.
const patience = 5 * time.Second

// magic begins every stream; its last digit is the version of the preamble.
const magic = "assay1"

var errPreamble = errors.New("what connects is no server of this kind")

func writePreamble(w io.Writer, kind Kind, cluster string) error {
	b := append([]byte(magic), byte(kind), byte(len(cluster)))
	_, err := w.Write(append(b, cluster...))
	return err
}

func readPreamble(r io.Reader) (Kind, string, error) {
	head := make([]byte, len(magic)+2)
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, "", fmt.Errorf("read preamble: %w", err)
	}
	if string(head[:len(magic)]) != magic {
		return 0, "", errPreamble
	}
	cluster := make([]byte, head[len(magic)+1])
	if _, err := io.ReadFull(r, cluster); err != nil {
		return 0, "", fmt.Errorf("read preamble: %w", err)
	}
	return Kind(head[len(magic)]), string(cluster), nil
}

func accept(w io.Writer) error {
	_, err := w.Write([]byte{0})
	return err
}

func refuse(w io.Writer, why string) error {
	why = why[:min(len(why), 255)]
	_, err := w.Write(append([]byte{1, byte(len(why))}, why...))
	return err
}

// readAnswer returns ErrRefused with the reason when the other side refused.
func readAnswer(r io.Reader) error {
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head[:1]); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if head[0] == 0 {
		return nil
	}
	if _, err := io.ReadFull(r, head[1:]); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	why := make([]byte, head[1])
	if _, err := io.ReadFull(r, why); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return fmt.Errorf("%w: %s", ErrRefused, why)
}

// acquaint says what a new connection is for.
func acquaint(conn net.Conn, kind Kind, cluster string) error {
	if err := writePreamble(conn, kind, cluster); err != nil {
		return err
	}
	return readAnswer(conn)
}
