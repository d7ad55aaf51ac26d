package harness

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// places are the addresses that a capture is served at: a listener for each
// recorded origin that somebody asked for.
type places struct {
	served *Served
	tls    bool

	mu      sync.Mutex
	closed  bool
	servers []*http.Server
	at      map[string]string // recorded origin: base URL here
	own     map[string]string // host:port here: recorded origin
	issuer  *issuer
}

func newPlaces(s *Served, tls bool) *places {
	return &places{served: s, tls: tls, at: map[string]string{}, own: map[string]string{}}
}

// errServeClosed is the answer of a server that was closed.
var errServeClosed = errors.New("the served capture was closed")

// open serves a recorded origin at an address of its own, and returns its base
// URL.
func (p *places) open(origin, address string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if base := p.at[origin]; base != "" {
		return base, nil
	}
	if p.closed {
		return "", errServeClosed
	}
	listener, err := listenLoopback(address)
	if err != nil {
		return "", err
	}
	scheme := "http"
	server := &http.Server{
		Handler:           p.served.handler(origin),
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(discard{}, "", 0), // it would repeat what clients send
	}
	if p.tls {
		scheme = "https"
		if server.TLSConfig, err = p.certify(); err != nil {
			listener.Close()
			return "", err
		}
	}
	host := listener.Addr().String()
	base := scheme + "://" + host
	p.at[origin], p.own[host] = base, origin
	p.servers = append(p.servers, server)
	go func() { // it ends with close
		if p.tls {
			_ = server.ServeTLS(listener, "", "")
		} else {
			_ = server.Serve(listener)
		}
	}()
	return base, nil
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// listenLoopback refuses addresses that others can reach: a capture holds
// credentials.
func listenLoopback(address string) (net.Listener, error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("the address to listen at is not host:port: write it as 127.0.0.1:8080")
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return nil, errors.New("a capture is served on loopback alone, for it holds credentials: listen at 127.0.0.1 or [::1]")
	}
	return net.Listen("tcp", address)
}

func (p *places) close() {
	p.mu.Lock()
	servers := p.servers
	p.servers, p.closed = nil, true
	p.mu.Unlock()
	for _, server := range servers {
		_ = server.Close()
	}
}

// origin returns the recorded origin that is served at an address.
func (p *places) origin(host string) (origin string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	origin, ok = p.own[host]
	return origin, ok
}

// recordedTerms returns a function that puts recorded origins in the place of
// the addresses here, percent-encoded ones too: Referer, redirect_uri.
func (p *places) recordedTerms(at heading) func(string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var pairs []string
	pair := func(base, origin string) {
		if origin != relativeOrigin && base != "" {
			pairs = append(pairs, base, origin, url.QueryEscape(base), url.QueryEscape(origin))
		}
	}
	if page := p.served.page; page != nil {
		pair(page.now, page.recorded)
	}
	pair(at.base, at.origin)
	for origin, base := range p.at {
		pair(base, origin)
	}
	if len(pairs) == 0 {
		return func(text string) string { return text }
	}
	return strings.NewReplacer(pairs...).Replace
}

// certify returns the TLS configuration of all listeners, made when the first
// one needs it.
func (p *places) certify() (*tls.Config, error) {
	if given := p.served.options.Certificate; given != nil {
		return &tls.Config{Certificates: []tls.Certificate{*given}, MinVersion: tls.VersionTLS12}, nil
	}
	if p.issuer == nil {
		var hosts []string
		for _, origin := range p.served.shelf.names() {
			_, host, _ := strings.Cut(origin, "://")
			if name, _, err := net.SplitHostPort(host); err == nil {
				host = name
			}
			hosts = append(hosts, host)
		}
		issuer, err := newIssuer(hosts)
		if err != nil {
			return nil, err
		}
		p.issuer = issuer
	}
	return &tls.Config{Certificates: []tls.Certificate{p.issuer.certificate}, MinVersion: tls.VersionTLS12}, nil
}

// At returns the base URL that a recorded origin is served at, such as
// "https://auth.example.com"; a listener is opened for it when it is first asked
// for. It is URL for the main origin, and an error where nothing was recorded
// of the origin.
func (s *Served) At(origin string) (string, error) { return s.ListenAt(origin, "") }

// ListenAt is At with a loopback address for the listener, unless the origin
// has one already.
func (s *Served) ListenAt(origin, address string) (string, error) {
	canonical := canonicalOrigin(origin)
	if !s.shelf.holds(canonical) {
		return "", fmt.Errorf("no exchange was recorded of that origin; recorded were: %s", strings.Join(s.shelf.names(), ", "))
	}
	return s.places.open(canonical, address)
}

// Origins lists the recorded origins that can be served, the main one first,
// the others in the order of the capture. It is empty where the capture keeps
// paths alone.
func (s *Served) Origins() []string {
	list := []string{s.shelf.main}
	for _, origin := range s.shelf.names() {
		if origin != s.shelf.main {
			list = append(list, origin)
		}
	}
	return slices.DeleteFunc(list, func(origin string) bool { return origin == relativeOrigin })
}

// CertificatePEM is the certificate that was made for the server, for curl
// --cacert and the like; nil without TLS, and where one was given.
func (s *Served) CertificatePEM() []byte {
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	if s.places.issuer == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.places.issuer.leaf.Raw})
}

// Certificates vouch for the server, where it speaks TLS with a certificate
// that was made for it: what a client has to have as its RootCAs. Else it is
// empty.
func (s *Served) Certificates() *x509.CertPool {
	pool := x509.NewCertPool()
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	if s.places.issuer != nil {
		pool.AddCert(s.places.issuer.leaf)
	}
	return pool
}
