package browse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// A lab is a browser on loopback servers that stand for the whole of the web:
// every name leads to them. Cases are told apart by their hosts, which hold
// "k" and a number, so that one browser can play many: a conductor's page opens
// a few windows at a time, and waits until their pages say that they are done.
type lab struct {
	cases []kase
	bad   bool // which half of the pairs is served

	mu   sync.Mutex
	over map[int]chan struct{}
}

// A kase is a page that asks a server.
type kase struct {
	name   string
	page   string // its URL; "K" stands for the number of the case
	script string // what it does; "K" likewise
	serve  func(w http.ResponseWriter, r *http.Request, bad bool)
	want   string // the cause that a pair shows, "" none
	alone  string // the cause that the failing half shows alone; "" the same
	says   string // the browser's word in the evidence; "" none
	reason string
}

// onlyPair stands for a failing half that says nothing alone.
const onlyPair = "-"

var numbered = regexp.MustCompile(`(?:^|[.-])k([0-9]+)\.`)

// numberOf is the case that a host belongs to, -1 none.
func numberOf(host string) int {
	m := numbered.FindStringSubmatch(host)
	if m == nil {
		return -1
	}
	n := 0
	_, _ = fmt.Sscan(m[1], &n)
	return n
}

func (l *lab) fill(s string, n int) string { return strings.ReplaceAll(s, "kN", fmt.Sprintf("k%d", n)) }

func (l *lab) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	n := numberOf(host)
	switch {
	case r.URL.Path == "/favicon.ico":
		w.WriteHeader(http.StatusNotFound)
	case host == "conductor.test":
		l.conduct(w, r)
	case n < 0 || n >= len(l.cases):
		w.WriteHeader(http.StatusNotFound)
	case r.URL.Path == "/-/done":
		l.mu.Lock()
		defer l.mu.Unlock()
		if done := l.over[n]; done != nil {
			close(done)
			delete(l.over, n)
		}
	case r.URL.Path == "/-/page":
		l.page(w, n)
	default:
		l.cases[n].serve(w, r, l.bad)
	}
}

// page is a document that runs the script of its case.
func (l *lab) page(w http.ResponseWriter, n int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><title>Case</title><script type="module">const bad = %v; try { %s } catch (e) {} await fetch('/-/done', {method: 'POST'});</script>`,
		l.bad, l.fill(l.cases[n].script, n))
}

// document is any other page of a case; its script ends with done().
func document(w http.ResponseWriter, body, script string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><title>Document</title>%s<script type="module">const done = () => fetch('/-/done', {method: 'POST'}); %s</script>`, body, script)
}

// conduct plays all cases. Its page is at the root; next answers when a case is
// over.
func (l *lab) conduct(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/next" {
		var pages []string
		for n, c := range l.cases {
			pages = append(pages, fmt.Sprintf("%q", l.fill(c.page, n)))
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><title>Conductor</title><script type="module">
const pages = [%s];
let next = 0;
const lane = async () => {
  while (next < pages.length) {
    const n = next++;
    await fetch('/next?begin=' + n);
    open(pages[n], '_blank', 'noopener');
    await fetch('/next?wait=' + n);
  }
};
await Promise.all([lane(), lane(), lane(), lane()]);
await fetch('/next?end');
</script>`, strings.Join(pages, ","))
		return
	}
	var n int
	q := r.URL.Query()
	if q.Has("begin") {
		_, _ = fmt.Sscan(q.Get("begin"), &n)
		l.mu.Lock()
		l.over[n] = make(chan struct{})
		l.mu.Unlock()
		return
	}
	if _, err := fmt.Sscan(q.Get("wait"), &n); err != nil {
		return
	}
	l.mu.Lock()
	done := l.over[n]
	l.mu.Unlock()
	if done == nil {
		return // over already
	}
	select {
	case <-done:
	case <-r.Context().Done():
	case <-time.After(caseLimit):
	}
}

// caseLimit is what a case may take on a busy machine before the others go on.
const caseLimit = 30 * time.Second

// play records all cases.
func (l *lab) play(t *testing.T, change func(*Browser)) *traffic.Capture {
	t.Helper()
	program := chromium(t)
	l.over = map[int]chan struct{}{}
	plain := httptest.NewServer(l)
	t.Cleanup(plain.Close)
	secure := httptest.NewUnstartedServer(l)
	secure.EnableHTTP2 = true
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // browsers open connections ahead, and drop them
	secure.StartTLS()
	t.Cleanup(secure.Close)
	return record(t, func(b *Browser) {
		b.Program = program
		b.URL = "https://conductor.test/"
		b.Args = append(b.Args, fmt.Sprintf("--host-resolver-rules=MAP *:443 %s, MAP *:80 %s", address(secure), address(plain)))
		if change != nil {
			change(b)
		}
	}, func(x *traffic.Exchange) bool { return strings.HasSuffix(x.Request.URL, "/next?end") })
}

func address(s *httptest.Server) string { return s.Listener.Addr().String() }

// record runs a browser until it has recorded the exchange that ends the flow.
func record(t *testing.T, change func(*Browser), end func(*traffic.Exchange) bool) *traffic.Capture {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	c := &traffic.Capture{File: "browser", Format: traffic.HAR, Version: "1.2", Creator: traffic.Product{Name: "replay"}}
	var ended bool
	b := &Browser{
		Headless: true,
		Args: []string{"--ignore-certificate-errors", "--disable-popup-blocking", "--disable-quic",
			"--disable-features=LocalNetworkAccessChecks,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable"},
		Started: func(p traffic.Product) { c.Browser = p },
		Page: func(p traffic.Page) {
			if i := slices.IndexFunc(c.Pages, func(q traffic.Page) bool { return q.ID == p.ID }); i >= 0 {
				c.Pages[i] = p
				return
			}
			c.Pages = append(c.Pages, p)
		},
	}
	change(b)
	err := b.Record(ctx, func(x *traffic.Exchange) {
		c.Exchanges = append(c.Exchanges, x)
		if end(x) {
			ended = true
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !ended && !errors.Is(ctx.Err(), context.DeadlineExceeded) && ctx.Err() == nil {
		t.Fatal("the browser ended before the flow did")
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Fatal("the flow did not end in time")
	}
	inOrder(c)
	return c
}

// inOrder sorts a capture by the start of its exchanges.
func inOrder(c *traffic.Capture) {
	slices.SortStableFunc(c.Exchanges, func(a, b *traffic.Exchange) int { return a.Recorded.Started.Time.Compare(b.Recorded.Started.Time) })
	for i, x := range c.Exchanges {
		x.Index = i
	}
}

// of is the part of a capture that belongs to a case, without the lab's own
// requests.
func (l *lab) of(c *traffic.Capture, n int) *traffic.Capture {
	out := *c
	out.Exchanges = nil
	for _, x := range c.Exchanges {
		if u := x.Request.ParsedURL(); u != nil && numberOf(u.Hostname()) == n && u.Path != "/-/done" {
			y := *x
			out.Exchanges = append(out.Exchanges, &y)
		}
	}
	inOrder(&out)
	return &out
}

// chromium is the installed browser. Without one the test is skipped at home.
func chromium(t *testing.T) string {
	t.Helper()
	path, err := Find()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no browser found, and CI=true allows no skip: install the package chromium")
		}
		t.Skip("no browser found: install the package chromium")
	}
	return path
}
