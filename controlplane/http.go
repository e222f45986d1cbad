package controlplane

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
)

// serveHTTP answers requests until ctx ends. Held requests end with it: their
// submissions go on, and their ids answer later.
func (c *ControlPlane) serveHTTP(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           c.handler,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(c.log.With("component", "http").Handler(), slog.LevelDebug),
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		shutdown(server)
	})
	err := server.Serve(l)
	if !stop() {
		<-ended
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// shutdown lets requests finish, within bounds.
func shutdown(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		server.Close()
	}
}
