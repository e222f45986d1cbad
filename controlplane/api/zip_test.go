package api

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"testing"
)

func TestAZipIsNotBelieved(t *testing.T) {
	var many bytes.Buffer
	w := zip.NewWriter(&many)
	for i := range 200_000 {
		if _, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := openZip(bytes.NewReader(many.Bytes()), int64(many.Len())); !errors.Is(err, errZip64) {
		t.Errorf("zip64: %v", err)
	}
	// The same table, under an end record that claims what fits into it.
	data := many.Bytes()
	cut := bytes.LastIndex(data, []byte("PK\x06\x06"))
	directory := bytes.Index(data, []byte("PK\x01\x02"))
	end := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	binary.LittleEndian.PutUint16(end[10:], uint16(200_000%65536))
	binary.LittleEndian.PutUint32(end[12:], uint32(cut-directory))
	binary.LittleEndian.PutUint32(end[16:], uint32(directory))
	forged := append(data[:cut:cut], end...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := openZip(bytes.NewReader(forged), int64(len(forged)))
	runtime.ReadMemStats(&after)
	if !errors.Is(err, errDirectory) {
		t.Errorf("many entries: %v", err)
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 64<<20 {
		t.Errorf("%d bytes were allocated", spent)
	}
}
