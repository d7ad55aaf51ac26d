package record_test

import (
	"bytes"
	"crypto/x509"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/replaydiff/replay/harness/record"
)

// TestAuthority: it is made once, whoever asks first; its key can be read by its
// user alone; what it issues is trusted by who trusts it, and by nobody else.
func TestAuthority(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "replay")
	var all sync.WaitGroup
	keys := make([]string, 8)
	for i := range keys {
		all.Go(func() {
			a, _, err := record.OpenAuthority(folder, nil)
			if err != nil {
				t.Error(err)
				return
			}
			keys[i] = a.KeyHash()
		})
	}
	all.Wait()
	a, fresh, err := record.OpenAuthority(folder, nil)
	if err != nil || fresh {
		t.Fatalf("opened again: %v, made anew %t", err, fresh)
	}
	for _, key := range keys {
		if key != a.KeyHash() {
			t.Errorf("two keys: %s and %s", key, a.KeyHash())
		}
	}
	for name, want := range map[string]fs.FileMode{record.KeyFile: 0o600, record.CertificateFile: 0o644} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) != 2 {
		t.Errorf("left in the folder: %v %v", files, err)
	}
	trusted, other := x509.NewCertPool(), x509.NewCertPool()
	file, err := os.ReadFile(filepath.Join(folder, record.CertificateFile))
	if err != nil || !trusted.AppendCertsFromPEM(file) || !bytes.Equal(file, a.PEM()) {
		t.Fatalf("the file of the certificate: %v", err)
	}
	other.AddCert(authority(t).Certificate)
	for _, name := range []string{"api.example.com", "127.0.0.1", "[::1]", "Shop.Test"} {
		c, err := a.For(name)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := a.For(name); again != c || err != nil {
			t.Errorf("%s: it is issued twice (%v)", name, err)
		}
		if _, err := c.Leaf.Verify(x509.VerifyOptions{Roots: trusted, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := c.Leaf.Verify(x509.VerifyOptions{Roots: other, DNSName: name}); err == nil {
			t.Errorf("%s: another authority vouches for it", name)
		}
		if c.Leaf.IsCA || c.Leaf.NotAfter.Sub(c.Leaf.NotBefore) > 398*24*time.Hour {
			t.Errorf("%s: an authority: %t, until %s", name, c.Leaf.IsCA, c.Leaf.NotAfter)
		}
	}
	if _, err := a.For(""); err == nil {
		t.Error("a certificate for nobody")
	}
}

// TestAuthorityInTime: a certificate whose time is nearly over is made anew, of
// the same key; a key that others can read is not used.
func TestAuthorityInTime(t *testing.T) {
	folder := t.TempDir()
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	first, fresh, err := record.OpenAuthority(folder, now)
	if err != nil || !fresh {
		t.Fatalf("%v %t", err, fresh)
	}
	at = first.Certificate.NotAfter.Add(-time.Hour)
	second, fresh, err := record.OpenAuthority(folder, now)
	if err != nil || !fresh || second.KeyHash() != first.KeyHash() || !second.Certificate.NotAfter.After(at.AddDate(1, 0, 0)) {
		t.Fatalf("at the end of its time: %v, made anew %t", err, fresh)
	}
	key := filepath.Join(folder, record.KeyFile)
	if err := os.Chmod(key, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, _, err := record.OpenAuthority(folder, now); err == nil {
		t.Error("a key that others can read is used")
	}
	if err := os.WriteFile(key, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := record.OpenAuthority(folder, now); err == nil {
		t.Error("a file that is no key is used")
	}
}

// TestNothingIsLeftOver: where the certificate can't have its name, the file that
// was to get it goes.
func TestNothingIsLeftOver(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, record.CertificateFile, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := record.OpenAuthority(folder, nil); err == nil {
		t.Fatal("a folder stands in place of the certificate")
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 2 {
		t.Errorf("left in the folder: %v %v", files, err)
	}
}
