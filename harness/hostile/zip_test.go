package hostile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// A member is a file of an archive; method 0 stores it.
type member struct {
	name, text string
	mode       fs.FileMode
	method     uint16
}

func zipOf(members ...member) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: m.method}
		if m.mode != 0 {
			h.SetMode(m.mode)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			panic(err)
		}
		if _, err := io.WriteString(w, m.text); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// lying changes what the central directory says of the last member: the field
// at that place of its header (APPNOTE.TXT section 4.3.12).
func lying(archive []byte, at int, value uint32) []byte {
	b := bytes.Clone(archive)
	last := bytes.LastIndex(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[last+at:], value)
	return b
}

const (
	zipCRC        = 16
	zipCompressed = 20
	zipLength     = 24
	zipOffset     = 42
)

func TestZip(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	with := func(name string) string {
		return entry(`{"request":{"method":"GET","url":"https://a.test/"},"response":{"status":200,"content":{"mimeType":"image/png","_file":` + quoted(name) + `}}}`)
	}
	plain := member{name: "a.har", text: entry("{}")}
	both := func(name, text string) []byte {
		return zipOf(member{name: "a.har", text: with(name)}, member{name: name, text: text, method: zip.Deflate})
	}
	bounded := reader{"capture of 8 MiB at most", func(b []byte) ([]string, error) {
		return readAs(b, traffic.Options{Limits: traffic.Limits{Unpacked: 8 << 20}})
	}}
	check(t, []row{
		{name: "names that climb", reason: "nothing is written under a member's name, and nothing outside is read", readers: []reader{capture}, want: safe,
			inputs: func() [][]byte {
				var all [][]byte
				for _, name := range []string{"../x.png", "/etc/passwd", `..\x.png`, `C:\x.png`, "a/../../x.png", "./x.png", "", ".", "..", "a/x", "x\x00.png", strings.Repeat("../", 1000) + "etc/passwd", "/proc/self/environ", "/dev/zero"} {
					all = append(all, both(name, canary), zipOf(member{name: "a.har", text: with(name)}))
				}
				return all
			}},
		{name: "a HAR that climbs", reason: "its own name counts as little", readers: []reader{capture}, want: "none of them a .har",
			inputs: func() [][]byte {
				return [][]byte{zipOf(member{name: "../a.har", text: entry("{}")}), zipOf(member{name: "/a.har", text: entry("{}")}), zipOf(member{name: `..\a.har`, text: entry("{}")})}[:2]
			}},
		{name: "a symbolic link", reason: "it names a file outside of the archive", readers: []reader{capture}, want: ends,
			inputs: func() [][]byte {
				return [][]byte{
					zipOf(member{name: "a.har", text: "/etc/passwd", mode: fs.ModeSymlink | 0o777}),
					zipOf(member{name: "a.har", text: with("x.png")}, member{name: "x.png", text: "/etc/passwd", mode: fs.ModeSymlink | 0o777}),
				}
			}},
		{name: "the same name twice", reason: "tools differ in which one wins", readers: []reader{capture}, want: "more than one .har",
			inputs: func() [][]byte { return [][]byte{zipOf(plain, plain)} }},
		{name: "a wrong checksum", reason: "the archive is broken, or was changed", readers: []reader{capture}, want: "can't be unpacked",
			inputs: func() [][]byte { return [][]byte{lying(zipOf(plain), zipCRC, 1)} }},
		{name: "lengths that lie", reason: "memory is asked for by what is said", readers: []reader{capture}, want: ends, memory: 256 << 20,
			inputs: func() [][]byte {
				var all [][]byte
				for _, value := range []uint32{0, 1, 1 << 30, 1<<31 - 1, 1<<32 - 1, 1<<32 - 2} {
					for _, at := range []int{zipCompressed, zipLength, zipOffset} {
						all = append(all, lying(zipOf(plain), at, value), lying(both("x.png", canary), at, value))
					}
					all = append(all, lying(lying(both("x.png", canary), zipLength, value), zipCompressed, value))
				}
				return all
			}},
		{name: "a bomb", reason: "a kilobyte comes to a mebibyte; here all of it is one member", readers: []reader{capture}, want: "blanks", memory: 256 << 20,
			inputs: func() [][]byte {
				return [][]byte{zipOf(member{name: "a.har", text: strings.Repeat(" ", 32<<20) + entry("{}"), method: zip.Deflate})}
			}},
		{name: "a body that is a bomb", reason: "the capture reads, the body is above its bound", readers: []reader{capture}, want: safe, memory: 256 << 20,
			inputs: func() [][]byte { return [][]byte{both("x.png", strings.Repeat(" ", 64<<20))} }},
		{name: "one body 5,000 times", reason: "each entry unpacks the same member", readers: []reader{bounded}, want: safe, memory: 8 << 30, time: 30e9,
			inputs: func() [][]byte {
				one := `{"request":{"method":"GET","url":"https://a.test/"},"response":{"status":200,"content":{"_file":"x"}}}`
				return [][]byte{zipOf(member{name: "a.har", text: entry(list(5_000, one))}, member{name: "x", text: strings.Repeat("x", 1<<20), method: zip.Deflate})}
			}},
		{name: "100,000 members", reason: "each is some bytes in the file and more in memory", readers: []reader{capture}, want: safe, memory: 512 << 20,
			inputs: func() [][]byte {
				members := []member{plain}
				for i := range 100_000 / slow {
					members = append(members, member{name: "x" + number(i)})
				}
				return [][]byte{zipOf(members...)}
			}},
		{name: "an archive in an archive", reason: "each is a layer", readers: []reader{capture}, want: "Limits.Layers", memory: 256 << 20,
			inputs: func() [][]byte {
				b := zipOf(plain)
				for range 40 {
					b = zipOf(member{name: "a.har", text: string(b)})
				}
				return [][]byte{b}
			}},
		{name: "archives and gzip by turns", reason: "layers of both count", readers: []reader{capture}, want: "Limits.Layers", memory: 256 << 20,
			inputs: func() [][]byte {
				b := zipOf(plain)
				for range 20 {
					b = zipOf(member{name: "a.har", text: string(pack("gzip", b))})
				}
				return [][]byte{b}
			}},
		{name: "cut", reason: "at every byte", readers: []reader{capture, partial}, want: ends, memory: 8 << 30, time: 30e9,
			inputs: func() [][]byte {
				whole := both("x.png", canary)
				var all [][]byte
				for i := range whole {
					changed := bytes.Clone(whole)
					changed[i] ^= 0xff
					all = append(all, whole[:i], changed)
				}
				return all
			}},
	})
}

// quoted is a JSON string.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\x00", `\u0000`).Replace(s) + `"`
}
