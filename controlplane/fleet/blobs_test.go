package fleet_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"assay/controlplane/fleet"
	"assay/judge"
	pb "assay/proto/assay/v1"
)

func (d *door) put(data []byte) (*pb.PutBlobResponse, error) {
	st, err := d.client.PutBlob(d.t.Context())
	if err != nil {
		return nil, err
	}
	for len(data) > 0 {
		n := min(len(data), 100_000)
		if st.Send(&pb.Chunk{Data: data[:n]}) != nil {
			break
		}
		data = data[n:]
	}
	return st.CloseAndRecv()
}

func (d *door) get(digest string) ([]byte, error) {
	st, err := d.client.GetBlob(d.t.Context(), &pb.GetBlobRequest{Digest: digest})
	if err != nil {
		return nil, err
	}
	var data []byte
	for {
		c, err := st.Recv()
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return nil, err
		}
		data = append(data, c.GetData()...)
	}
}

func TestPayloadsGoThereAndBackWhoeverLeads(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		for _, size := range []int{0, 1, 1 << 20} {
			data := bytes.Repeat([]byte("z"), size)
			put, err := d.put(data)
			if err != nil {
				t.Fatal(err)
			}
			got, err := d.get(put.GetDigest())
			if err != nil || !bytes.Equal(got, data) || put.GetSize() != int64(size) {
				t.Errorf("%d bytes: %d put, %d got, %v", size, put.GetSize(), len(got), err)
			}
		}
	})
}

func TestAPayloadThatIsTooLargeLeavesNothingBehind(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		if _, err := d.put(make([]byte, 1<<20+1)); status.Code(err) != codes.InvalidArgument {
			t.Errorf("err = %v", err)
		}
		synctest.Wait()
		if left, _ := os.ReadDir(string(d.blobs)); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func TestPayloadsThatAreNotThereAreNotFound(t *testing.T) {
	behind(t, func(t *testing.T, d *door) {
		if _, err := d.get("sha256:" + strings.Repeat("0", 64)); status.Code(err) != codes.NotFound {
			t.Errorf("unknown: %v", err)
		}
		for _, digest := range []string{"", "../../etc/passwd", "sha256:" + strings.Repeat("F", 64)} {
			if _, err := d.get(digest); status.Code(err) != codes.InvalidArgument {
				t.Errorf("%q: %v", digest, err)
			}
		}
	})
}

// folder is a payload store in a folder.
type folder string

func (f folder) Open(d judge.Digest) (*os.File, int64, error) {
	file, err := os.Open(filepath.Join(string(f), string(d)))
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	return file, info.Size(), err
}

func (f folder) Create(context.Context) (fleet.BlobWriter, error) {
	file, err := os.CreateTemp(string(f), "new")
	return &folderWriter{File: file}, err
}

type folderWriter struct {
	*os.File
	data []byte
}

func (w *folderWriter) Write(p []byte) (int, error) {
	w.data = append(w.data, p...)
	return w.File.Write(p)
}

func (w *folderWriter) Commit() (judge.Digest, int64, error) {
	d := judge.Digest(fmt.Sprintf("sha256:%x", sha256.Sum256(w.data)))
	return d, int64(len(w.data)), os.Rename(w.Name(), filepath.Join(filepath.Dir(w.Name()), string(d)))
}

func (w *folderWriter) Discard() {
	if err := os.Remove(w.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		panic(err)
	}
	w.Close()
}
