package wire_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/replaydiff/replay/harness/wire"
)

// certificate makes a self-signed one for names, which ended before now where
// that is asked for.
func certificate(t *testing.T, expired bool, names ...string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(time.Hour)
	if expired {
		end = time.Now().Add(-time.Minute)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, DNSNames: names,
		NotBefore: end.Add(-2 * time.Hour), NotAfter: end, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func trusting(c tls.Certificate) *tls.Config {
	roots := x509.NewCertPool()
	roots.AddCert(c.Leaf)
	return &tls.Config{RootCAs: roots}
}

func TestTLSErrors(t *testing.T) {
	good, old := certificate(t, false, "api.test"), certificate(t, true, "api.test")
	serveTLS := func(config *tls.Config) func(net.Conn) {
		return func(c net.Conn) {
			s := tls.Server(c, config)
			if s.Handshake() == nil {
				io.WriteString(s, "HTTP/1.1 204 No Content\r\n\r\n")
				s.Close()
			}
		}
	}
	with := func(c tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{c}} }
	wantsCert := with(good)
	wantsCert.ClientAuth = tls.RequireAnyClientCert
	wantsCert12 := wantsCert.Clone()
	wantsCert12.MaxVersion = tls.VersionTLS12
	rows := []struct {
		reason string
		talk   func(net.Conn)
		config *tls.Config
		host   string
		sent   bool
		text   string
	}{
		{"an unknown authority", serveTLS(with(good)), nil, "api.test", false, "--cacert FILE, or accept any with --insecure"},
		{"another name", serveTLS(with(good)), trusting(good), "other.test", false, "is for api.test and not for other.test"},
		{"an expired certificate", serveTLS(with(old)), trusting(old), "api.test", false, "has expired"},
		{"a client certificate is wanted, TLS 1.3 says so after the handshake", serveTLS(wantsCert), trusting(good), "api.test", true, "--cert and --key"},
		{"a client certificate is wanted, TLS 1.2", serveTLS(wantsCert12), trusting(good), "api.test", false, "--cert and --key"},
		{"plain HTTP", func(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n"); io.Copy(io.Discard, c) }, nil, "api.test", false, "use http://"},
		{"SSH", func(c net.Conn) { io.WriteString(c, "SSH-2.0-OpenSSH\r\n"); io.Copy(io.Discard, c) }, nil, "api.test", false, "SSH"},
		{"a closed connection", func(c net.Conn) { c.Read(make([]byte, 4096)) }, nil, "api.test", false, "during the TLS handshake"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s := serve(t, row.talk)
			c := client(t, s.Addr)
			c.TLS = row.config
			r := get(s.Addr)
			r.Scheme, r.Host = "https", row.host
			_, err := c.Do(t.Context(), r)
			wantError(t, err, wire.Handshake, row.sent, err, row.text)
		})
	}
}

// TestALPN agrees on the protocol, and asks by the name of Host.
func TestALPN(t *testing.T) {
	for _, row := range []struct {
		reason string
		http2  bool
		proto  wire.Proto
		want   string
	}{
		{"both speak HTTP/2", true, wire.Auto, "HTTP/2.0"},
		{"the server does not", false, wire.Auto, "HTTP/1.1"},
		{"the client is told not to", true, wire.HTTP1, "HTTP/1.1"},
		{"the client is told to", true, wire.HTTP2, "HTTP/2.0"},
	} {
		t.Run(row.reason, func(t *testing.T) {
			s, c := overTLS(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.TLS.ServerName) }, row.http2)
			c.Proto = row.proto
			r := get(s.Listener.Addr().String())
			r.Scheme, r.Host = "https", "example.com:8443"
			for i := range 2 {
				a, err := c.Do(t.Context(), r)
				if err != nil {
					t.Fatal(err)
				}
				if a.Proto != row.want || string(a.Body) != "example.com" || a.Reused != (i > 0) {
					t.Errorf("%s, name %q, reused %v", a.Proto, a.Body, a.Reused)
				}
				if a.ServerIP != "127.0.0.1" || (a.Timings.SSL >= 0) == a.Reused || (a.Timings.Connect >= 0) == a.Reused {
					t.Errorf("ip %s, timings %+v", a.ServerIP, a.Timings)
				}
			}
		})
	}
	s, c := overTLS(t, func(http.ResponseWriter, *http.Request) {}, false)
	c.Proto = wire.HTTP2
	r := get(s.Listener.Addr().String())
	r.Scheme, r.Host = "https", "example.com"
	_, err := c.Do(context.Background(), r)
	wantError(t, err, wire.Handshake, false, err, "--http2")
}
