package correlate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// TestSharedCaptures finds the links of every capture at hand, to be read, and
// checks that a request whose answers come as recorded is sent as recorded.
func TestSharedCaptures(t *testing.T) {
	files := sharedCaptures()
	if len(files) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("no captures")
		}
		t.Skip("no captures here")
	}
	for _, file := range files {
		c, err := traffic.Open(file, traffic.Options{Partial: true})
		if err != nil {
			continue
		}
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			defer c.Close()
			p, err := Find(c, Options{})
			if err != nil {
				t.Fatal(err)
			}
			logLinks(t, p)
			sameAgain(t, c, p)
		})
	}
}

func sharedCaptures() []string {
	var files []string
	for _, pattern := range []string{"pairs/*/*.har", "pairs/*/*.yaml", "corpus/har/*/*", "corpus/cassette/*/*/*"} {
		found, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", pattern))
		files = append(files, found...)
	}
	return files
}

func logLinks(t *testing.T, p *Plan) {
	t.Helper()
	for _, link := range p.Links() {
		t.Logf("%-28s %d %s", link.Name, link.From.Entry, link.From.Path)
		for i, use := range link.To {
			if i == 3 {
				t.Logf("    and %d more", len(link.To)-3)
				break
			}
			t.Logf("    %d %s %s jar=%v", use.Entry, use.Path, use.Encoding, use.Jar)
		}
	}
	for _, w := range p.Warnings() {
		t.Logf("    warning %d %s", w.Entry, w.Text)
	}
}

// sameAgain replays a capture against its own answers.
func sameAgain(t *testing.T, c *traffic.Capture, p *Plan) {
	t.Helper()
	live := p.Start()
	for i, x := range c.Exchanges {
		if x.Response != nil {
			live.Answer(i, x.Response, x.Response)
		}
	}
	for i, x := range c.Exchanges {
		got, missing := live.Request(i, &x.Request)
		if got != &x.Request {
			t.Errorf("entry %d is another request", i)
		}
		for _, m := range missing {
			t.Errorf("entry %d: %s is missing from %d %s", i, m.Name, m.From.Entry, m.From.Path)
		}
	}
}
