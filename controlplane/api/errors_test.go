package api

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"syscall"
	"testing"
)

func TestAFullDiskUnderABodyPassesByItself(t *testing.T) {
	for _, errno := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		err := fmt.Errorf("flush spool: %w", &os.PathError{Op: "write", Path: "body-1", Err: errno})
		for name, err := range map[string]error{"of a JSON body": err, "of an archive": errors.Join(archiveError(err), nil)} {
			if p := explain(err); p == nil || p.Status != http.StatusServiceUnavailable || p.RetryAfter <= 0 {
				t.Errorf("%v %s is explained as %+v", errno, name, p)
			}
		}
	}
}
