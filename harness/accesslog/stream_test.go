package accesslog

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

// statuses reads a log in both ways, which have to agree.
func statuses(t interface {
	Helper()
	Fatalf(string, ...any)
}, r func() io.Reader, o Options) (list []int, skipped Skipped, err error) {
	t.Helper()
	l, err := Read(r(), "a.log", o)
	if err != nil {
		return nil, skipped, err
	}
	for rec := range l.All() {
		list = append(list, rec.Status)
	}
	streamed, err := Read(r(), "a.log", o)
	if err != nil {
		t.Fatalf("%v the second time", err)
	}
	var second []int
	failed := Stream(streamed, func() func(*Record, *int) bool {
		return func(rec *Record, s *int) bool { *s = rec.Status; return true }
	}, func(some []int) { second = append(second, some...) })
	if d := cmp.Diff(list, second) + cmp.Diff(l.Skipped(), streamed.Skipped()); d != "" || fmt.Sprint(l.Err()) != fmt.Sprint(failed) {
		t.Fatalf("All (-) and Stream (+) differ: %v, %v\n%s", l.Err(), failed, d)
	}
	return list, l.Skipped(), l.Err()
}

func line(status int) string {
	return fmt.Sprintf("192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] \"GET / HTTP/1.1\" %d 5\n", status)
}

func packed(t *testing.T, text string) map[string][]byte {
	t.Helper()
	var gz, gz2 bytes.Buffer
	z := gzip.NewWriter(&gz)
	fmt.Fprint(z, text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	gz2.Write(gz.Bytes())
	gz2.Write(gz.Bytes())
	zs, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"plain": []byte(text), "gzip": gz.Bytes(), "gzip, two members": gz2.Bytes(), "zstd": zs.EncodeAll([]byte(text), nil)}
}

func TestLogsArePacked(t *testing.T) {
	for name, content := range packed(t, line(200)+line(401)) {
		list, _, err := statuses(t, func() io.Reader { return bytes.NewReader(content) }, Options{})
		want := []int{200, 401}
		if strings.Contains(name, "two") {
			want = append(want, want...)
		}
		if d := cmp.Diff(want, list); d != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, d)
		}
	}
}

func TestLogIsCutOff(t *testing.T) {
	text := strings.Repeat(line(200), 10_000)
	content := packed(t, text)["gzip"]
	list, _, err := statuses(t, func() io.Reader { return bytes.NewReader(content[:len(content)/2]) }, Options{})
	if err == nil || len(list) == 0 || len(list) >= 10_000 {
		t.Errorf("%d lines of half a file, error %v", len(list), err)
	}
	broken := errors.New("the disk is gone")
	list, _, err = statuses(t, func() io.Reader { return io.MultiReader(strings.NewReader(line(401)), iotest.ErrReader(broken)) }, Options{})
	if !errors.Is(err, broken) || len(list) != 1 {
		t.Errorf("%v of a broken disk, error %v", list, err)
	}
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	for _, tt := range []struct {
		text   string
		want   []int
		skip   Skipped
		reason string
	}{
		{long + "\n" + line(401), []int{401}, Skipped{Lines: 1, Cut: 1, Places: []int64{1}, Total: 2}, "a line longer than what is read at once"},
		{line(401) + long, []int{401}, Skipped{Lines: 1, Cut: 1, Places: []int64{2}, Total: 2}, "without an end"},
		{long[:1<<20] + "\n" + line(401), []int{401}, Skipped{Lines: 1, Cut: 1, Places: []int64{1}, Total: 2}, "just as long as what is read at once"},
		{strings.TrimSuffix(line(200), "\n") + " \"-\" \"" + long[:100_000] + "\"\n" + line(401), []int{200, 401}, Skipped{Cut: 1, Total: 2}, "a long user agent: what is before it counts"},
		{"\n\n" + line(401) + "\r\n", []int{401}, Skipped{Total: 4}, "blank lines do not count"},
		{"junk\n" + line(401) + "more junk\n", []int{401}, Skipped{Lines: 2, Places: []int64{1, 3}, Total: 3}, "places"},
		{"", nil, Skipped{}, "nothing"},
	} {
		list, skipped, err := statuses(t, func() io.Reader { return strings.NewReader(tt.text) }, Options{})
		if d := cmp.Diff(tt.want, list) + cmp.Diff(tt.skip, skipped); d != "" || err != nil {
			t.Errorf("%s: %v\n%s", tt.reason, err, d)
		}
	}
}

// However a stream is cut by who sends it, and whatever is in it, no line is
// lost and each has its number.
func TestNoLineIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		var want []int
		n := rapid.IntRange(0, 30).Draw(t, "lines")
		for range n {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				text.WriteString(strings.Repeat("j", rapid.IntRange(0, 600_000).Draw(t, "junk")) + "\n")
			default:
				status := rapid.IntRange(100, 599).Draw(t, "status")
				want = append(want, status)
				text.WriteString(line(status))
			}
		}
		content := text.String()
		cutter := rapid.SampledFrom([]func(io.Reader) io.Reader{iotest.HalfReader, iotest.DataErrReader, func(r io.Reader) io.Reader { return r }}).Draw(t, "reader")
		list, skipped, err := statuses(t, func() io.Reader { return cutter(strings.NewReader(content)) }, Options{Workers: rapid.IntRange(1, 4).Draw(t, "workers")})
		if d := cmp.Diff(want, list); d != "" || err != nil || skipped.Total != int64(n) {
			t.Fatalf("%d lines of %d, %v\n%s", skipped.Total, n, err, d)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(line(200) + "\n" + line(401)))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Add([]byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0})
	f.Fuzz(func(t *testing.T, content []byte) {
		_, skipped, _ := statuses(t, func() io.Reader { return bytes.NewReader(content) }, Options{MaxLine: 256})
		if skipped.Lines > skipped.Total || len(skipped.Places) > maxPlaces {
			t.Fatalf("%+v", skipped)
		}
	})
}
