package record

import (
	"bufio"
	"context"
	"net/http"
	"strconv"
	"sync"

	"github.com/replaydiff/replay/harness/wire"
)

// servers are the connections to servers that belong to one connection of a
// client.
type servers struct {
	l *Listener

	mu     sync.Mutex
	idle   map[place][]*link
	shared map[place]*link // HTTP/2
	closed bool
}

// A link is a connection to a server.
type link struct {
	*wire.Link
	place  place
	id     string
	reader *bufio.Reader
	writer *bufio.Writer
	two    *http.ClientConn // nil: HTTP/1.1
	used   bool             // by an exchange before
}

func newServers(l *Listener) *servers {
	return &servers{l: l, idle: map[place][]*link{}, shared: map[place]*link{}}
}

// close ends all that nobody uses; what is in use ends with the client's
// context.
func (s *servers) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, list := range s.idle {
		for _, l := range list {
			_ = l.Close()
		}
	}
	for _, l := range s.shared {
		_ = l.two.Close()
	}
}

// key is a place as connections go by: other names on one connection are other
// places, for their certificates are.
func (p place) key() place { p.host = ""; return p }

// lease returns a connection for one exchange. What a client speaks is spoken
// to the server, if Proto does not say.
func (s *servers) lease(ctx context.Context, in *asked) (l *link, fresh bool, err error) {
	if l := s.ready(in); l != nil {
		return l, !l.used, nil
	}
	proto := s.l.proxy.Proto
	if proto == wire.Auto && in.proto != "HTTP/2.0" || in.upgrade != "" {
		proto = wire.HTTP1
	} else if proto == wire.Auto && in.to.scheme == "http" {
		proto = wire.HTTP2
	}
	l, err = s.dial(ctx, in.to, proto)
	if err != nil {
		return nil, true, err
	}
	if l.two != nil {
		s.share(l)
	}
	return l, true, nil
}

// ready is a connection that is there already.
func (s *servers) ready(in *asked) *link {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := in.to.key()
	if l := s.shared[key]; l != nil && in.upgrade == "" {
		if l.two.Err() == nil && l.two.Available() > 0 {
			return l
		}
		delete(s.shared, key)
	}
	for list := s.idle[key]; len(list) > 0; {
		l := list[len(list)-1]
		list = list[:len(list)-1]
		s.idle[key] = list
		if !l.IsStale() {
			return l
		}
		_ = l.Close()
	}
	return nil
}

// speaksHTTP2 connects to a server to find out; the connection is kept for the
// first request. Of a server that can't be reached the request will tell.
func (s *servers) speaksHTTP2(ctx context.Context, to place) bool {
	l, err := s.dial(ctx, to, s.l.proxy.Proto)
	switch {
	case err != nil:
		return false
	case l.two != nil:
		s.share(l)
		return true
	}
	s.put(l)
	return false
}

// put keeps a connection for the next request.
func (s *servers) put(l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = l.Close()
		return
	}
	key := l.place.key()
	s.idle[key] = append(s.idle[key], l)
}

func (s *servers) share(l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := l.place.key()
	if s.closed {
		_ = l.two.Close()
		return
	}
	if s.shared[key] == nil {
		s.shared[key] = l
	}
}

// dial makes a connection; nothing but the place is looked up.
func (s *servers) dial(ctx context.Context, to place, proto wire.Proto) (*link, error) {
	p := &s.l.proxy
	c := &wire.Client{
		Allow: []string{to.addr}, Resolve: p.Resolve, Proxy: p.Via, TLS: p.TLS, Proto: proto, Timeout: p.Timeout, Now: p.Now,
	}
	made, err := c.Dial(ctx, to.scheme, to.addr, to.name)
	if err != nil {
		return nil, err
	}
	l := &link{Link: made, place: to, id: strconv.FormatInt(s.l.links.Add(1), 10)}
	if made.HTTP2 {
		if l.two, err = clientConn(ctx, made, to); err != nil {
			_ = made.Close()
			return nil, wire.Fault(ctx, to.addr, wire.Write, false, err)
		}
		return l, nil
	}
	l.reader, l.writer = bufio.NewReaderSize(made, bufferSize), bufio.NewWriterSize(made, bufferSize)
	return l, nil
}
