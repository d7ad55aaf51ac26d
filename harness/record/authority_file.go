package record

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/replaydiff/replay/harness/userkey"
)

// The files of an authority in its folder. Both are made with the first use; the
// key can be read by the user alone.
const (
	CertificateFile = "ca.pem"
	KeyFile         = "ca.key"
)

// OpenAuthority returns the authority of a folder, such as [userkey.Folder],
// and makes what is missing of it, or a new certificate where
// the time of the old one is over. Fresh tells that the certificate was made
// now, so that nobody trusts it yet. now is the clock; nil is time.Now.
func OpenAuthority(folder string, now func() time.Time) (a *Authority, fresh bool, err error) {
	if now == nil {
		now = time.Now
	}
	key, err := keyOf(filepath.Join(folder, KeyFile))
	if err != nil {
		return nil, false, err
	}
	if certificate := readCertificate(filepath.Join(folder, CertificateFile)); certificate != nil &&
		key.PublicKey.Equal(certificate.PublicKey) && now().Before(certificate.NotAfter.Add(-leafTime)) {
		return &Authority{Certificate: certificate, key: key, now: now}, false, nil
	}
	if a, err = authorityOf(key, now); err != nil {
		return nil, false, err
	}
	if err := a.keep(filepath.Join(folder, CertificateFile)); err != nil {
		return nil, false, fmt.Errorf("the certificate can't be kept: %w", err)
	}
	return a, true, nil
}

// keyOf is the key in a file, which is made where it is not there.
func keyOf(file string) (*ecdsa.PrivateKey, error) {
	text, err := userkey.Keep(file, newKey)
	if err != nil {
		return nil, fmt.Errorf("the key of the certificate authority can't be kept: %w", err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		return nil, fmt.Errorf("%s can be read by others, and whoever has it can read what programs send that trust it: remove it, and a new one is made", file)
	}
	if block, _ := pem.Decode(text); block != nil {
		if any, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			if key, ok := any.(*ecdsa.PrivateKey); ok {
				return key, nil
			}
		}
	}
	return nil, fmt.Errorf("%s is not the key that replay makes: remove it, and a new one is made", file)
}

func newKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// readCertificate returns nil where there is none that can be used.
func readCertificate(file string) *x509.Certificate {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil || !certificate.IsCA {
		return nil
	}
	return certificate
}

// keep replaces the certificate: there is one for a key, and time ends it.
func (a *Authority) keep(file string) error {
	f, err := os.CreateTemp(filepath.Dir(file), "ca.*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // without effect once it has its name
	_, err = f.Write(a.PEM())
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
