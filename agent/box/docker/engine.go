package docker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// engine is a Docker Engine behind a unix socket. Paths carry no version of
// the API: every engine then takes its own.
type engine struct{ http *http.Client }

func newEngine(socket string) engine {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return engine{&http.Client{Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 2}}}
}

// refusal is an answer of the engine that is no success.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return fmt.Sprintf("docker engine: %s (%d)", r.message, r.status) }

// refusedWith reports whether the engine answered with one of these statuses.
func refusedWith(err error, statuses ...int) bool {
	var r *refusal
	if !errors.As(err, &r) {
		return false
	}
	for _, s := range statuses {
		if r.status == s {
			return true
		}
	}
	return false
}

// call sends a request with a JSON body, and reads a JSON answer into out
// unless that is nil.
func (e engine) call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	resp, err := e.send(ctx, method, path, query, "application/json", body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// maxAnswer bounds what is read of an error message.
const maxAnswer = 64 << 10

func (e engine) send(ctx context.Context, method, path string, query url.Values, kind string, body io.Reader) (*http.Response, error) {
	u := url.URL{Scheme: "http", Host: "docker", Path: path, RawQuery: query.Encode()}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := e.http.Do(req)
	var inURL *url.Error
	if errors.As(err, &inURL) {
		err = inURL.Err // the address is made up
	}
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < http.StatusBadRequest {
		return resp, nil
	}
	defer resp.Body.Close()
	data, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	var said struct{ Message string }
	if json.Unmarshal(data, &said) != nil || said.Message == "" {
		said.Message = strings.TrimSpace(string(data))
	}
	return nil, &refusal{resp.StatusCode, said.Message}
}

// ping asks for the engine's version.
func (e engine) ping(ctx context.Context) (version string, err error) {
	var v struct{ Version, Os string }
	err = e.call(ctx, http.MethodGet, "/version", nil, nil, &v)
	return v.Version, err
}

// importImage makes an image of a tar archive.
func (e engine) importImage(ctx context.Context, repo, tag string, archive io.Reader) error {
	query := url.Values{"fromSrc": {"-"}, "repo": {repo}, "tag": {tag}}
	resp, err := e.send(ctx, http.MethodPost, "/images/create", query, "application/x-tar", archive)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	for d := json.NewDecoder(resp.Body); ; {
		var progress struct{ Error string }
		if err := d.Decode(&progress); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if progress.Error != "" {
			return fmt.Errorf("docker engine: %s", progress.Error)
		}
	}
}

func (e engine) hasImage(ctx context.Context, name string) (bool, error) {
	err := e.call(ctx, http.MethodGet, "/images/"+name+"/json", nil, nil, nil)
	if refusedWith(err, http.StatusNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (e engine) create(ctx context.Context, c container) (id string, err error) {
	var made struct{ ID string }
	err = e.call(ctx, http.MethodPost, "/containers/create", nil, c, &made)
	return made.ID, err
}

func (e engine) start(ctx context.Context, id string) error {
	return e.call(ctx, http.MethodPost, "/containers/"+id+"/start", nil, nil, nil)
}

// pid is that of a container's process 1 as this host knows it; 0 when it has
// ended.
func (e engine) pid(ctx context.Context, id string) (int, error) {
	var c struct{ State struct{ Pid int } }
	err := e.call(ctx, http.MethodGet, "/containers/"+id+"/json", nil, nil, &c)
	return c.State.Pid, err
}

// limit changes the limits of a container.
func (e engine) limit(ctx context.Context, id string, l resources) error {
	return e.call(ctx, http.MethodPost, "/containers/"+id+"/update", nil, l, nil)
}

// remove kills and removes a container. One that is gone or going is as good.
func (e engine) remove(ctx context.Context, id string) error {
	query := url.Values{"force": {"1"}, "v": {"1"}}
	err := e.call(ctx, http.MethodDelete, "/containers/"+id, query, nil, nil)
	if refusedWith(err, http.StatusNotFound, http.StatusConflict) {
		return nil
	}
	return err
}

// labelled lists the containers that have a label, with its values.
func (e engine) labelled(ctx context.Context, label string) (map[string]string, error) {
	filters, err := json.Marshal(map[string][]string{"label": {label}})
	if err != nil {
		return nil, err
	}
	var list []struct {
		ID     string
		Labels map[string]string
	}
	query := url.Values{"all": {"1"}, "filters": {string(filters)}}
	if err := e.call(ctx, http.MethodGet, "/containers/json", query, nil, &list); err != nil {
		return nil, err
	}
	values := map[string]string{}
	for _, c := range list {
		values[c.ID] = c.Labels[label]
	}
	return values, nil
}
