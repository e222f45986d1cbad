package api

import (
	"net/http"
	"slices"
	"strconv"

	"assay/controlplane/intake"
)

func oneOf[T comparable](v T, all ...T) bool { return slices.Contains(all, v) }

// number reads a number between 1 and most; 0 is what is none.
func number(text string, fallback, most int) int {
	if text == "" {
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0
	}
	return n
}

// form is how a client wants outputs.
type form struct{ base64 bool }

func formOf(r *http.Request) (form, error) {
	switch r.URL.Query().Get("encoding") {
	case "", "utf8":
		return form{}, nil
	case "base64":
		return form{base64: true}, nil
	}
	return form{}, unprocessable(intake.Invalid{{Field: "encoding", Reason: "must be utf8 or base64"}})
}
