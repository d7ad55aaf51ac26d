package traffic

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/replaydiff/replay/diff/internal/bighar"
)

// bigFile is a capture of 114 MB: 3,000 entries with bodies of 32 kB.
func bigFile(b *testing.B, o bighar.Options) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "big.har")
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	if err := bighar.Write(f, o); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	return name
}

var big = bighar.Options{Entries: 3_000, MeanBody: 34_000, Seed: 1}

func BenchmarkReadHAR(b *testing.B) { benchmarkOpen(b, big) }

func BenchmarkRead100k(b *testing.B) {
	benchmarkOpen(b, bighar.Options{Entries: 100_000, Seed: 1})
}

func benchmarkOpen(b *testing.B, o bighar.Options) {
	name := bigFile(b, o)
	b.ReportAllocs()
	for b.Loop() {
		c, err := Open(name, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if len(c.Exchanges) != o.Entries {
			b.Fatalf("%d entries", len(c.Exchanges))
		}
		c.Close()
	}
}

// BenchmarkSkip is what the decoder needs to pass over the file of
// BenchmarkReadHAR: the measure for it.
func BenchmarkSkip(b *testing.B) {
	name := bigFile(b, big)
	for b.Loop() {
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		if err := jsontext.NewDecoder(f).SkipValue(); err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}

func BenchmarkWriteHAR(b *testing.B) {
	c, err := Open(bigFile(b, big), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for b.Loop() {
		if err := Write(io.Discard, c, HAR); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScanString(b *testing.B) {
	text := bytes.Repeat([]byte(`{\"id\":123456789,\"name\":\"a teapot of some size\"},`), 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		scanString(text)
	}
}
