package record

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// handed are connections on their way to the server of HTTP/2, as a listener.
type handed struct {
	conns chan net.Conn
	over  <-chan struct{}
	addr  net.Addr
}

func (h *handed) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.over:
		return nil, net.ErrClosed
	}
}

func (h *handed) Close() error   { return nil }
func (h *handed) Addr() net.Addr { return h.addr }

type clientKey struct{}

// serveHTTP2 starts the server of net/http that speaks HTTP/2 on connections
// that say so.
func (l *Listener) serveHTTP2() {
	var protocols http.Protocols
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	l.handed = handed{make(chan net.Conn), l.ctx.Done(), l.tcp.Addr()}
	l.two = &http.Server{
		Protocols: &protocols, ErrorLog: log.New(io.Discard, "", 0), MaxHeaderBytes: 1 << 20,
		HTTP2: &http.HTTP2Config{MaxConcurrentStreams: 1000},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Context().Value(clientKey{}).(*client).serveStream(w, r)
		}),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			l.mu.Lock()
			defer l.mu.Unlock()
			return context.WithValue(ctx, clientKey{}, l.byID[c])
		},
		ConnState: func(c net.Conn, state http.ConnState) {
			if state != http.StateClosed && state != http.StateHijacked {
				return
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			if of := l.byID[c]; of != nil {
				delete(l.byID, c)
				close(of.gone)
			}
		},
	}
	l.running.Go(func() { _ = l.two.Serve(&l.handed) })
}

// handOver lets the server of HTTP/2 have the connection until it ends.
func (c *client) handOver() {
	conn := c.conn
	if !c.secure {
		conn = &buffered{c.conn, c.reader}
	}
	c.gone = make(chan struct{})
	c.mu.Lock()
	c.byID[conn] = c
	c.mu.Unlock()
	select {
	case c.handed.conns <- conn:
	case <-c.ctx.Done():
		return
	}
	select {
	case <-c.gone:
	case <-c.Listener.ctx.Done():
	}
}

// serveStream answers a request of HTTP/2.
func (c *client) serveStream(w http.ResponseWriter, r *http.Request) {
	in := &asked{
		method: r.Method, target: r.RequestURI, proto: "HTTP/2.0", headerSize: -1, started: c.now(), length: r.ContentLength, keeps: true,
		trailer: func() traffic.Header { return lower(traffic.HeaderOf(r.Trailer)) },
	}
	out := &answer2{w: w, control: http.NewResponseController(w)}
	if in.method == http.MethodConnect {
		out.own(501, "a tunnel through HTTP/2 is not spoken here")
		return
	}
	if err := c.find(in, r.Host); err != nil {
		out.own(err.(*refusal).status, err.Error())
		return
	}
	if c.to == nil || c.target == nil {
		in.to.host = r.Host
	}
	host := in.to.host
	if c.target != nil && c.proxy.KeepHost {
		host = r.Host
	}
	fields := lower(traffic.HeaderOf(r.Header))
	if len(r.Trailer) > 0 { // net/http takes the field away
		fields = append(fields, traffic.HeaderField{Name: "trailer", Value: strings.Join(names(r.Trailer), ", ")})
	}
	in.header = append(traffic.Header{{Name: "Host", Value: host}}, fields...)
	f := c.begin(in)
	if r.Body != nil && r.Body != http.NoBody && r.ContentLength != 0 {
		in.body = &tee{body: r.Body, taken: f.up, trailer: in.trailer}
	}
	ctx, cancel := context.WithCancelCause(c.ctx)
	stop := context.AfterFunc(r.Context(), func() { cancel(errLeft) })
	defer func() { stop(); cancel(nil) }()
	c.relay(ctx, cancel, in, out, f)
}

func names(h http.Header) []string {
	var list []string
	for name := range h {
		list = append(list, strings.ToLower(name))
	}
	return list
}

// answer2 hands an answer on to a stream of HTTP/2.
type answer2 struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (a *answer2) put(h traffic.Header) {
	into := a.w.Header()
	for _, f := range h {
		switch name := textproto.CanonicalMIMEHeaderKey(f.Name); name {
		case "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade": // RFC 9113 section 8.2.2
		default:
			into[name] = append(into[name], f.Value)
		}
	}
}

func (a *answer2) interim(status int, h traffic.Header) error {
	if status == 100 { // net/http says it itself when the body is asked for
		return nil
	}
	a.put(h)
	a.w.WriteHeader(status)
	clear(a.w.Header())
	return nil
}

func (a *answer2) head(r *reply) error {
	for _, name := range [...]string{"Date", "Content-Type"} { // else net/http says its own
		a.w.Header()[name] = nil
	}
	for _, name := range [...]string{"Date", "Content-Type"} {
		if r.header.Has(name) {
			delete(a.w.Header(), name)
		}
	}
	a.put(r.returned())
	a.w.WriteHeader(r.status)
	return nil
}

func (a *answer2) write(p []byte) error {
	_, err := a.w.Write(p)
	return err
}

func (a *answer2) flush() error { return a.control.Flush() }

func (a *answer2) end(trailer traffic.Header) error {
	for _, f := range trailer {
		a.w.Header().Add(http.TrailerPrefix+f.Name, f.Value)
	}
	return nil
}

// abort resets the stream.
func (a *answer2) abort() { panic(http.ErrAbortHandler) }

func (a *answer2) own(status int, text string) {
	a.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	a.w.WriteHeader(status)
	_, _ = fmt.Fprintln(a.w, text)
}
