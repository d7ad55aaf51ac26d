package traffic

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Reading and writing hold a part of a body at a time, however long it is.
func TestMemoryDoesNotGrowWithBodies(t *testing.T) {
	const length, limit = 64 << 20, 4 << 20
	name := filepath.Join(t.TempDir(), "long.har")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(inLog(`{"response":{"content":{"text":"|"}}}`), "|")
	piece := strings.Repeat("a teapot, ", 1<<10)
	_, err = io.WriteString(f, before)
	for range length / len(piece) {
		_, e := io.WriteString(f, piece)
		err = errors.Join(err, e)
	}
	_, e := io.WriteString(f, after)
	if err = errors.Join(err, e, f.Close()); err != nil {
		t.Fatal(err)
	}

	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	c, err := Open(name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := Write(io.Discard, c, HAR); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&end)
	if n := end.TotalAlloc - start.TotalAlloc; n > limit {
		t.Errorf("%d bytes were allocated for a body of %d", n, length)
	}
	if _, err := response(c).Body.Bytes(0); !errors.Is(err, ErrTooLarge) {
		t.Errorf("the body's limit: %v", err)
	}
}

func TestTheLimitOfBodiesIsThatOfTheReader(t *testing.T) {
	har := `{"log":{"version":"1.2","entries":[{"request":{"method":"GET","url":"https://a.test/","headers":[]},` +
		`"response":{"status":200,"headers":[],"content":{"mimeType":"text/plain","text":"` + strings.Repeat("x", 5000) + `"}}}]}}`
	c, err := Read(strings.NewReader(har), "t.har", Options{Limits: Limits{Body: 4000}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exchanges[0].Response.Body.Bytes(0); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a body of 5000 bytes was read under a limit of 4000: %v", err)
	}
	if content, err := c.Exchanges[0].Response.Body.Bytes(6000); err != nil || len(content) != 5000 {
		t.Errorf("the caller's own limit counts: %d bytes, %v", len(content), err)
	}
}
