package browser

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A corsLiveServer answers the cases of a live run byte for byte. net/http
// would refuse half of the header values that the cases are about.
type corsLiveServer struct {
	https, http string // ports

	mu    sync.Mutex
	cases map[string]*corsCase
	wire  map[string][]corsCaseWire
}

func corsLiveServe(t *testing.T) *corsLiveServer {
	t.Helper()
	s := &corsLiveServer{cases: map[string]*corsCase{}, wire: map[string][]corsCaseWire{}}
	config := &tls.Config{Certificates: []tls.Certificate{corsLiveCertificate(t)}, NextProtos: []string{"http/1.1"}}
	listen := func(secure bool) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		_, port, _ := net.SplitHostPort(l.Addr().String())
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				if secure {
					conn = tls.Server(conn, config)
				}
				go s.serve(conn)
			}
		}()
		return port
	}
	s.https, s.http = listen(true), listen(false)
	return s
}

func corsLiveCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "live test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"*.shop.test", "*.partner.test", "localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (s *corsLiveServer) serve(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		method, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		path, _, _ := strings.Cut(rest, " ")
		var fields Fields
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if line = strings.TrimRight(line, "\r\n"); line == "" {
				break
			}
			name, value, _ := strings.Cut(line, ":")
			fields = append(fields, Field{name, value})
		}
		if n, ok := fields.get("Content-Length"); ok {
			length, _ := strconv.ParseInt(n, 10, 64)
			if _, err := io.CopyN(io.Discard, r, length); err != nil {
				return
			}
		}
		if _, err := io.WriteString(conn, s.answer(method, path, fields)); err != nil {
			return
		}
	}
}

func (s *corsLiveServer) answer(method, path string, fields Fields) string {
	path, _, _ = strings.Cut(path, "?")
	switch path {
	case "/page":
		return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: live=1; SameSite=None; Secure; Path=/\r\nContent-Length: 2\r\n\r\nok"
	case "/sandbox":
		return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Security-Policy: sandbox allow-scripts\r\nContent-Length: 2\r\n\r\nok"
	}
	const unknown = "HTTP/1.1 404 Not Found\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n"
	id, tail, _ := strings.Cut(strings.TrimPrefix(path, "/c/"), "/h")
	hop := 0
	if tail != "" {
		hop, _ = strconv.Atoi(tail)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cases[id]
	if c == nil || hop > len(c.Chain) {
		return unknown
	}
	preflight, response := c.Preflight, &c.Response
	if hop > 0 {
		preflight, response = c.Chain[hop-1].Preflight, &c.Chain[hop-1].Response
	}
	w := corsCaseWire{Hop: hop, Kind: "actual", Method: method}
	w.Origin, _ = fields.get("Origin")
	w.ACRM, _ = fields.get("Access-Control-Request-Method")
	w.ACRH, _ = fields.get("Access-Control-Request-Headers")
	_, w.Cookie = fields.get("Cookie")
	if w.ACRM != "" && method == "OPTIONS" {
		w.Kind, response = "preflight", preflight
	}
	s.wire[id] = append(s.wire[id], w)
	answer := response.answer()
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d Status\r\n", answer.Status)
	for _, f := range answer.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	return b.String() + "\r\n"
}

// play installs the cases as the current step and returns what was seen
// before for them.
func (s *corsLiveServer) play(cases []*corsCase) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range cases {
		s.cases[c.ID] = c
		delete(s.wire, c.ID)
	}
}

func (s *corsLiveServer) seen(id string) []corsCaseWire {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]corsCaseWire{}, slices.Clone(s.wire[id])...)
}
