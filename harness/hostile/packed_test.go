package hostile

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/replaydiff/replay/diff/traffic"
)

var packers = map[string]func(io.Writer) io.WriteCloser{
	"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"zlib": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
	"br":   func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
	"zstd": func(w io.Writer) io.WriteCloser {
		z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			panic(err)
		}
		return z
	},
}

func pack(coding string, text []byte) []byte {
	var b bytes.Buffer
	w := packers[coding](&b)
	if _, err := w.Write(text); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// bomb packs n MiB of blanks with something behind them.
func bomb(coding string, mebibytes int, end string) []byte {
	var b bytes.Buffer
	w := packers[coding](&b)
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for range mebibytes {
		if _, err := w.Write(blank); err != nil {
			panic(err)
		}
	}
	if _, err := io.WriteString(w, end); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestPackedFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	small := reader{"capture of 32 MiB at most", func(b []byte) ([]string, error) {
		return readAs(b, traffic.Options{Limits: traffic.Limits{Unpacked: 32 << 20}})
	}}
	var rows []row
	for _, coding := range []string{"gzip", "zlib", "zstd"} {
		rows = append(rows,
			row{name: coding + " bomb", reason: "a small file comes to more than there is room for", readers: []reader{small}, want: "Limits.Unpacked",
				inputs: func() [][]byte { return [][]byte{bomb(coding, 64, entry("{}"))} }, memory: 256 << 20},
			row{name: coding + " bomb with an end", reason: "the capture stands behind the blanks, where nobody looks", readers: []reader{small}, want: "blanks",
				inputs: func() [][]byte { return [][]byte{bomb(coding, 16, entry("{}"))} }, memory: 256 << 20},
			row{name: coding + " in 40 layers", reason: "each layer may hide a bomb", readers: []reader{capture}, want: "Limits.Layers",
				inputs: func() [][]byte {
					b := []byte(entry("{}"))
					for range 40 {
						b = pack(coding, b)
					}
					return [][]byte{b}
				}, memory: 256 << 20},
			row{name: coding + " cut", reason: "at every byte", readers: []reader{capture, partial}, want: ends,
				inputs: func() [][]byte {
					whole := pack(coding, []byte(samples()["har"]))
					var all [][]byte
					for i := range whole {
						all = append(all, whole[:i])
					}
					return all
				}, memory: 8 << 30, time: 60e9},
			row{name: coding + " broken", reason: "every byte is another one", readers: []reader{capture, partial}, want: ends,
				inputs: func() [][]byte {
					whole := pack(coding, []byte(samples()["har"]))
					var all [][]byte
					for i := range whole {
						b := bytes.Clone(whole)
						b[i] ^= 0x55
						all = append(all, b)
					}
					return all
				}, memory: 16 << 30, time: 60e9},
		)
	}
	rows = append(rows,
		row{name: "many members", reason: "gzip files may be put behind each other", readers: []reader{capture}, want: safe,
			inputs: func() [][]byte {
				return [][]byte{append(bytes.Repeat(pack("gzip", nil), 100_000), pack("gzip", []byte(entry("{}")))...)}
			}, memory: 1 << 30},
		row{name: "a window of 2 GiB", reason: "zstd says how much memory it wants", readers: []reader{capture}, want: "in",
			inputs: func() [][]byte {
				// Magic number, a frame without a size, the largest window (RFC 8878 section 3.1.1).
				return [][]byte{{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 1, 0, 0}, {0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x0b, 0, 0}}
			}},
	)
	check(t, rows)
}

// Bodies with a Content-Encoding are decoded where they are compared and
// where they are masked.
func TestPackedBodies(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	layered := func(n int, coding string, text []byte) []byte {
		for range n {
			text = pack(coding, text)
		}
		return text
	}
	har := func(encoding string, body []byte) []byte {
		return []byte(response(`"headers":[["Content-Encoding","` + encoding + `"],["Content-Type","application/json"]],"content":{"mimeType":"application/json","encoding":"base64","text":"` +
			base64.StdEncoding.EncodeToString(body) + `"}`))
	}
	decoded := reader{"decoded", func(b []byte) ([]string, error) {
		c, err := traffic.Read(bytes.NewReader(b), "in", traffic.Options{})
		if err != nil {
			return nil, err
		}
		defer c.Close()
		return nil, walk(c, c)
	}}
	var rows []row
	for _, coding := range []string{"gzip", "zlib", "br", "zstd"} {
		name := strings.Replace(coding, "zlib", "deflate", 1)
		rows = append(rows,
			row{name: name + " bomb", reason: "64 MiB of blanks in some kilobytes", readers: []reader{decoded}, want: "can't be redacted",
				inputs: func() [][]byte { return [][]byte{har(name, bomb(coding, 64, canary))} }, memory: 512 << 20},
			row{name: name + " bomb in a bomb", reason: "packed twice, a gibibyte fits into a kilobyte", readers: []reader{decoded}, want: "can't be redacted",
				inputs: func() [][]byte {
					return [][]byte{har(name+", "+name, pack(coding, bomb(coding, 64, canary)))}
				}, memory: 512 << 20},
			row{name: name + " in 40 layers", reason: "a list of codings, each taken off", readers: []reader{decoded}, want: "more than 4 times",
				inputs: func() [][]byte {
					return [][]byte{har(list(40, name), layered(40, coding, []byte(`{"a":"`+canary+`"}`)))}
				}, memory: 512 << 20},
			row{name: name + " that is none", reason: "the field lies", readers: []reader{decoded}, want: safe,
				inputs: func() [][]byte {
					return [][]byte{har(name, []byte(canary)), har(name, nil), har(list(10_000, name), []byte(canary))}
				}, memory: 512 << 20},
		)
	}
	check(t, rows)
}
