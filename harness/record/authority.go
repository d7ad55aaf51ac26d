package record

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"time"
)

// An Authority issues the certificates that a proxy shows to clients in the
// place of servers. Whoever has its key can read what clients that trust it
// send: [OpenAuthority] keeps it in the user's own folder. It is safe for
// concurrent use.
type Authority struct {
	Certificate *x509.Certificate

	key *ecdsa.PrivateKey
	now func() time.Time

	mu     sync.Mutex
	issued map[string]*tls.Certificate // by name
	leaf   *ecdsa.PrivateKey           // of all that are issued
}

// How long certificates are good for. Browsers refuse a server's of more than
// 398 days; that of the authority has to be trusted again by hand.
const (
	authorityTime = 2 * 365 * 24 * time.Hour
	leafTime      = 30 * 24 * time.Hour
	skew          = 24 * time.Hour // clocks of containers differ
	maxIssued     = 1024
)

// NewAuthority makes an authority whose key is in memory alone. now is the clock
// of certificates; nil is time.Now.
func NewAuthority(now func() time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("a certificate can't be made: %w", err)
	}
	return authorityOf(key, now)
}

// authorityOf certifies a key. Two certificates of one key have the same name
// and vouch for each other's servers.
func authorityOf(key *ecdsa.PrivateKey, now func() time.Time) (*Authority, error) {
	if now == nil {
		now = time.Now
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("a certificate can't be made: %w", err)
	}
	id := sha256.Sum256(public)
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: "replay recording " + hex.EncodeToString(id[:4])},
		NotBefore:    now().Add(-skew), NotAfter: now().Add(authorityTime),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: id[:20],
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("a certificate can't be made: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("a certificate can't be made: %w", err)
	}
	return &Authority{Certificate: certificate, key: key, now: now}, nil
}

// PEM is the certificate as programs want it that shall trust it.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate.Raw})
}

// KeyHash is the hash of the authority's public key, by which Chromium can be
// told to accept what it vouches for (--ignore-certificate-errors-spki-list):
// Base64 of SHA-256.
func (a *Authority) KeyHash() string {
	sum := sha256.Sum256(a.Certificate.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// For is the certificate for a host name or an address.
func (a *Authority) For(host string) (*tls.Certificate, error) {
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.issued[host]; c != nil && a.now().Before(c.Leaf.NotAfter.Add(-skew)) {
		return c, nil
	}
	if a.leaf == nil {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("a certificate can't be made: %w", err)
		}
		a.leaf = key
	}
	c, err := a.issue(host)
	if err != nil {
		return nil, err
	}
	if a.issued == nil || len(a.issued) >= maxIssued {
		a.issued = make(map[string]*tls.Certificate)
	}
	a.issued[host] = c
	return c, nil
}

func (a *Authority) issue(host string) (*tls.Certificate, error) {
	if host == "" || len(host) > 253 {
		return nil, errors.New("no certificate can be made: the client names no host")
	}
	now := a.now()
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{Organization: []string{"replay record"}},
		NotBefore:    now.Add(-skew), NotAfter: now.Add(leafTime),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.Certificate, &a.leaf.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("no certificate can be made for a host: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("no certificate can be made for a host: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.Certificate.Raw}, PrivateKey: a.leaf, Leaf: leaf}, nil
}

func serial() *big.Int {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[0] &= 0x7f           // RFC 5280 section 4.1.2.2: positive
	return new(big.Int).SetBytes(b[:])
}
