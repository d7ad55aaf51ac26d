package servers

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Certificate makes a self-signed certificate for the hosts, localhost and
// 127.0.0.1, valid for a day around now. The file holds certificate and key, as HAProxy wants
// them; nginx and Apache take it for both. The pool is for the client.
func Certificate(tb testing.TB, hosts ...string) (file string, pool *x509.CertPool) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "a test"},
		NotBefore:             time.Now().Add(-12 * time.Hour),
		NotAfter:              time.Now().Add(12 * time.Hour),
		DNSNames:              append([]string{"localhost"}, hosts...),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	var both bytes.Buffer
	_ = pem.Encode(&both, &pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(both.Bytes())
	_ = pem.Encode(&both, &pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	file = filepath.Join(tb.TempDir(), "both.pem")
	if err := os.WriteFile(file, both.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return file, pool
}
