package watch

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/policy"
)

// Options are how a client is watched. The zero value is usable.
type Options struct {
	Rules policy.Rules // what is asked of the client

	// Lifetime is how long access tokens live that are handed out in JSON, where
	// the server lets them live longer: expires_in and its like are rewritten,
	// and exp in tokens that are JWTs. A token that is older is refused. Whole
	// seconds; 0: as the server says. Tokens in cookies live as it says.
	Lifetime time.Duration

	// Signer signs JWTs whose exp was rewritten. nil: the client is given one
	// whose signature is void, and the server is sent its own token; so it
	// takes a signer only where the client checks signatures.
	Signer scenarios.Signer

	Host    string        // sent in place of the client's own Host field; "": as it came
	TLS     *tls.Config   // towards clients; nil: none
	Target  *tls.Config   // towards a target of https
	Timeout time.Duration // for the header of an answer; 0: none

	Addr string           // to listen on; "": a port of 127.0.0.1 that the system chooses
	Now  func() time.Time // the clock by which the client is judged; nil: time.Now
}

// A Watch is watching until it is closed. It is safe for concurrent use.
type Watch struct {
	URL string // for the client: "http://127.0.0.1:4711"

	options Options
	server  *http.Server
	proxy   *httputil.ReverseProxy
	serving sync.WaitGroup

	mu        sync.Mutex
	entries   []*entry
	tokens    map[string]*token // by value, as the client has it
	provoking provocation
}

// Listen begins to watch, in front of a server, "http://127.0.0.1:8080".
func Listen(target string, o Options) (*Watch, error) {
	to, err := rawserver.ParseTarget(target)
	if err != nil {
		return nil, err
	}
	if o.Lifetime < 0 || o.Lifetime%time.Second != 0 {
		return nil, fmt.Errorf("a lifetime of %s can't be told in expires_in, which counts seconds", o.Lifetime)
	}
	l, err := net.Listen("tcp", cmp.Or(o.Addr, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("can't listen: %w; is another program on that port?", err)
	}
	w := &Watch{URL: "http://" + l.Addr().String(), options: o, tokens: make(map[string]*token)}
	w.proxy = w.reverse(to)
	quiet := log.New(io.Discard, "", 0)
	w.proxy.ErrorLog = quiet
	w.server = &http.Server{Handler: http.HandlerFunc(w.serve), ErrorLog: quiet, TLSConfig: o.TLS}
	w.serving.Go(func() {
		if o.TLS != nil {
			w.server.ServeTLS(l, "", "")
		} else {
			w.server.Serve(l)
		}
	})
	if o.TLS != nil {
		w.URL = "https://" + l.Addr().String()
	}
	return w, nil
}

// Close ends the proxy and all that is on its way through it. What was seen can
// still be judged.
func (w *Watch) Close() error {
	err := w.server.Close()
	w.serving.Wait()
	if t, ok := w.proxy.Transport.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
	return err
}

// reverse is a proxy that changes nothing in a request but its destination.
func (w *Watch) reverse(to *url.URL) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
			r.Out.URL.RawQuery = r.In.URL.RawQuery // what can't be parsed is the server's business
			r.Out.Host = cmp.Or(w.options.Host, r.In.Host)
			for _, name := range [...]string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
				if values, ok := r.In.Header[name]; ok {
					r.Out.Header[name] = values
				}
			}
			if _, ok := r.In.Header["User-Agent"]; !ok {
				r.Out.Header["User-Agent"] = nil // net/http would add its own
			}
		},
		Transport: &http.Transport{
			TLSClientConfig: w.options.Target, DisableCompression: true, ForceAttemptHTTP2: true,
			ResponseHeaderTimeout: w.options.Timeout, MaxIdleConnsPerHost: 64, IdleConnTimeout: 30 * time.Second,
		},
		ModifyResponse: w.answered,
		ErrorHandler:   w.unanswered,
	}
}

func (w *Watch) now() time.Time {
	if w.options.Now != nil {
		return w.options.Now()
	}
	return time.Now()
}
