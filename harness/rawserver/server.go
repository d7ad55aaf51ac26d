package rawserver

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// A Request is what a client sent.
type Request struct {
	Method string
	Target string // "/a%2Fb//c?x", "http://host/path" to a proxy, "*"
	Proto  string // "HTTP/1.1", "HTTP/1.0"

	Header  traffic.Header // as received, Host and framing fields included
	Body    []byte         // without the transfer coding; nil: none was announced
	Trailer traffic.Header // as received behind a chunked body

	Connection int64 // the number of the connection, from 1
	Before     int   // requests before it on that connection
	Remote     net.Addr
	TLS        *tls.ConnectionState // nil without TLS
	Started    time.Time            // when its head was there
}

// Config is how a server behaves. The zero value but for Answer is usable.
type Config struct {
	// Answer says what is answered. A nil answer closes the connection without
	// one. It is called for several connections at once; the context is that of
	// the connection, and ends with it or with the server.
	//
	// Fields are written as they are. Content-Length is set to what is true,
	// and added where neither it nor Transfer-Encoding is there; with the
	// latter, or with a Trailer, the body is written in chunks. An answer that
	// is Cut ends before its end, and its connection with it.
	Answer func(context.Context, *Request) *wire.Answer

	// Broken is told of what was no request: an *[Error] without what was sent.
	// nil: nobody is. The client is answered 400 or the like. It may be called
	// for several connections at once.
	Broken func(error)

	Addr string      // host:port to listen on; "": a port of 127.0.0.1 that the system chooses
	TLS  *tls.Config // towards clients; nil: none. ALPN offers HTTP/1.1 alone

	MaxHeader int64            // bytes of a header section; 0: wire.DefaultMaxHeader
	MaxBody   int64            // bytes of a body; 0: wire.DefaultMaxBody
	Now       func() time.Time // nil: time.Now
}

// A Server is listening until it is closed.
type Server struct {
	Addr string // host:port
	URL  string // "http://127.0.0.1:4711"

	config   Config
	listener net.Listener
	ctx      context.Context
	stop     context.CancelFunc
	last     atomic.Int64 // connection
	running  sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]bool // nil: closed
}

// Listen starts a server.
func Listen(c Config) (*Server, error) {
	l, err := net.Listen("tcp", cmp.Or(c.Addr, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("can't listen: %w; is another program on that port?", err)
	}
	s := &Server{Addr: l.Addr().String(), config: c, listener: l, open: make(map[net.Conn]bool)}
	s.URL = "http://" + s.Addr
	if c.TLS != nil {
		s.URL = "https://" + s.Addr
		s.config.TLS = c.TLS.Clone()
		s.config.TLS.NextProtos = []string{"http/1.1"}
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.running.Go(s.accept)
	return s, nil
}

// Close closes the listener and all connections, and returns when the last call
// of Answer has. Closing twice does nothing.
func (s *Server) Close() error {
	s.stop()
	err := s.listener.Close()
	s.mu.Lock()
	first := s.open != nil
	for c := range s.open {
		c.Close()
	}
	s.open = nil
	s.mu.Unlock()
	s.running.Wait()
	if !first {
		return nil
	}
	return err
}

// accept goes on after errors that pass, as too many open files.
func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		switch {
		case s.ctx.Err() != nil:
			if err == nil {
				c.Close()
			}
			return
		case err != nil:
			select {
			case <-time.After(5 * time.Millisecond):
			case <-s.ctx.Done():
			}
		case s.enter(c):
			s.running.Go(func() { s.serve(c) })
		}
	}
}

// enter keeps a connection to be closed with the server.
func (s *Server) enter(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		c.Close()
		return false
	}
	s.open[c] = true
	return true
}

func (s *Server) leave(c net.Conn) {
	c.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
}

func (s *Server) now() time.Time {
	if s.config.Now != nil {
		return s.config.Now()
	}
	return time.Now()
}
