package traffic

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
)

func packed(t testing.TB, w io.WriteCloser, into *bytes.Buffer, data []byte) []byte {
	t.Helper()
	_, err := w.Write(data)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(into.Bytes())
}

func gzipped(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	return packed(t, gzip.NewWriter(&b), &b, data)
}

func inUTF16(order binary.AppendByteOrder, text string) []byte {
	b := order.AppendUint16(nil, 0xFEFF)
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return b
}

func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnwrap(t *testing.T) {
	// Longer than a buffer, so that runes and pairs stand across its end.
	plain := inLog(`{"response":{"content":{"text":"` + strings.Repeat("aé😀", 20_000) + `"}}}`)
	var z, s bytes.Buffer
	zw, err := zstd.NewWriter(&s)
	if err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		reason string
		file   []byte
	}{
		{"gzip", gzipped(t, []byte(plain))},
		{"zlib", packed(t, zlib.NewWriter(&z), &z, []byte(plain))},
		{"zstd", packed(t, zw, &s, []byte(plain))},
		{"PowerShell writes UTF-16", inUTF16(binary.LittleEndian, plain)},
		{"the other byte order", inUTF16(binary.BigEndian, plain)},
		{"layers", gzipped(t, gzipped(t, []byte("\xef\xbb\xbfcb("+plain+");")))},
		{"zip", zipped(t, "readme.txt", "x", "a/b.har", plain)},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			c, err := Read(bytes.NewReader(row.file), "t", Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if got := content(response(c).Body); got != strings.Repeat("aé😀", 20_000) {
				t.Error("the body is another one")
			}
			wantLaw3(t, c)
		})
	}
}

func TestUnwrapErrors(t *testing.T) {
	har := []byte(inLog(`{}`))
	deep := har
	for range 6 {
		deep = gzipped(t, deep)
	}
	bomb := gzipped(t, append(bytes.Repeat([]byte(" "), 1<<20), har...))
	for _, row := range []struct {
		reason string
		file   []byte
		want   string
		is     error
	}{
		{"layers hide bombs", deep, "t: layers of compression: more than 4; if the file can be trusted, raise Limits.Layers", ErrLimit},
		{"a bomb", bomb, "t: bytes after unpacking: more than 65536; if the file can be trusted, raise Limits.Unpacked", ErrLimit},
		{"a bomb in an archive", zipped(t, "a.har", strings.Repeat(" ", 1<<20)), "t: bytes after unpacking: more than 65536; if the file can be trusted, raise Limits.Unpacked", ErrLimit},
		{"no HAR in it", zipped(t, "a.txt", ""), "t: is an archive of 1 files, none of them a .har", ErrFormat},
		{"which one?", zipped(t, "a.har", "{}", "b.har", "{}"), "t: is an archive with more than one .har in it; unpack it and name one", ErrFormat},
		{"cut off", gzipped(t, har)[:40], "", ErrTruncated},
		{"damaged", append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0}, "nothing"...), "t: can't be unpacked: ", nil},
	} {
		t.Run(row.reason, func(t *testing.T) {
			_, err := Read(bytes.NewReader(row.file), "t", Options{Limits: Limits{Unpacked: 1 << 16}})
			if err == nil || !strings.HasPrefix(err.Error(), row.want) || row.is != nil && !errors.Is(err, row.is) {
				t.Errorf("got  %v\nwant %s", err, row.want)
			}
		})
	}
}

// A sidecar is found beside the HAR, and nowhere else.
func TestSidecars(t *testing.T) {
	har := func(name string) string {
		return inLog(`{"response":{"content":{"mimeType":"image/png","_file":"` + name + `"}}}`)
	}
	const image = "\x89PNG\r\n"
	for _, row := range []struct {
		reason, name string
		want         any
	}{
		{"beside it", "ab12.png", image},
		{"in a folder below", "sub/x.png", image},
		{"not there", "other.png", "absent"},
		{"above it", "../out.png", "absent"},
		{"anywhere", "/etc/passwd", "absent"},
		{"backslashes", `..\\out.png`, "absent"},
		{"a folder", "sub", "absent"},
	} {
		t.Run(row.reason+" in an archive", func(t *testing.T) {
			file := zipped(t, "in/har.har", har(row.name), "in/ab12.png", image, "in/sub/x.png", image, "out.png", image)
			c, err := Read(bytes.NewReader(file), "t.zip", Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			wantSidecar(t, c, row.want)
		})
		t.Run(row.reason+" in a folder", func(t *testing.T) {
			folder := t.TempDir()
			for name, text := range map[string]string{"in/t.har": har(row.name), "in/ab12.png": image, "in/sub/x.png": image, "out.png": image} {
				name = filepath.Join(folder, name)
				if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			c, err := Open(filepath.Join(folder, "in", "t.har"), Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			wantSidecar(t, c, row.want)
		})
	}
}

func wantSidecar(t *testing.T, c *Capture, want any) {
	t.Helper()
	if got := content(response(c).Body); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if (want == "absent") != (len(c.Warnings) > 0) {
		t.Errorf("warnings: %v", c.Warnings)
	}
	wantLaw3(t, c)
}

// A stream that is too long for memory is read from a file that has no name.
func TestSpool(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	body := strings.Repeat("x", 2*inMemory)
	c, err := Read(strings.NewReader(inLog(`{"response":{"content":{"text":"`+body+`"}}}`)), "-", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 {
		t.Errorf("the temporary file has a name: %v", left)
	}
	if content(response(c).Body) != body {
		t.Error("the body is another one")
	}
	if err := errors.Join(c.Close(), c.Close()); err != nil {
		t.Error(err)
	}
	if _, err := response(c).Body.Bytes(0); err == nil {
		t.Error("a body of a closed capture reads")
	}
}

func TestSniff(t *testing.T) {
	for _, row := range []struct {
		reason, file string
		want         Format
	}{
		{"the usual", `{"log":{}}`, HAR},
		{"white space first", "\n\t {\n}", HAR},
		{"go-vcr", "---\nversion: 2\ninteractions: []\n", CassetteV1},
		{"a comment first", "# recorded\nversion: 1\n", CassetteV1},
		{"JSON is YAML", `{"version": 1, "interactions": []}`, CassetteV1},
		{"curl", "curl https://a.test/", Curl},
		{"a script", "#!/bin/sh\n# login\nTOKEN=x curl \\\n 'https://a.test/'", Curl},
		{"copied with its prompt", "$ curl -v a.test", Curl},
		{"of Windows", "curl.exe ^\"https://a.test/^\"", Curl},
		{"by its path", "/usr/bin/curl a.test", Curl},
		{"prose", "we ran curlers in version 2", ""},
		{"HTML", "<html>", ""},
		{"binary", "\x00\x01\x02", ""},
		{"empty", "", ""},
	} {
		t.Run(row.reason, func(t *testing.T) {
			got, err := sniff(source{name: "t", file: strings.NewReader(row.file), to: int64(len(row.file))})
			if got != row.want || (row.want == "") != errors.Is(err, ErrFormat) {
				t.Errorf("got %q, %v; want %q", got, err, row.want)
			}
		})
	}
}

func TestOpenStdin(t *testing.T) {
	c, err := Open("-", Options{Stdin: strings.NewReader(inLog("{}"))})
	if err != nil || c.File != "-" || len(c.Exchanges) != 1 {
		t.Errorf("got %v, %v", c, err)
	}
	if _, err := Open("-", Options{}); err == nil {
		t.Error("reads without a standard input")
	}
	if _, err := Open(t.TempDir(), Options{}); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: %v", err)
	}
}
