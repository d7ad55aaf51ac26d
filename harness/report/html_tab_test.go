package report

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A tab is a page in a real browser, and whatever it did that it should not.
type tab struct {
	ctx    context.Context
	server *httptest.Server

	lock     sync.Mutex
	html     []byte
	requests []string
	troubles []string
}

// openTab starts a browser. Its pages are served from loopback, so that a
// request to anywhere is seen.
func openTab(t *testing.T) *tab {
	t.Helper()
	b := &tab{ctx: chromium(t)}
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.lock.Lock()
		defer b.lock.Unlock()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(b.html)
	}))
	t.Cleanup(b.server.Close)
	if err := chromedp.Do(b.ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err) // the first call starts the browser: it must have no time limit of its own
	}
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Minute)
	t.Cleanup(cancel)
	b.ctx = ctx
	if err := chromedp.Listen(b.ctx, b.event); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) event(ev any) {
	b.lock.Lock()
	defer b.lock.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, ev.Request.URL)
	case *runtime.EventConsoleAPICalled:
		b.troubles = append(b.troubles, "console."+string(ev.Type))
	case *runtime.EventExceptionThrown:
		b.troubles = append(b.troubles, "exception: "+ev.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.troubles = append(b.troubles, "log: "+ev.Entry.Text)
	case *cdppage.EventJavascriptDialogOpening:
		b.troubles = append(b.troubles, "dialog: "+ev.Message)
	}
}

// open shows a page from its beginning, at an address below it.
func (b *tab) open(t *testing.T, html []byte, fragment string) {
	t.Helper()
	b.lock.Lock()
	b.html, b.requests, b.troubles = html, nil, nil
	b.lock.Unlock()
	// A fragment alone would not load the page again.
	if err := chromedp.Do(b.ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(b.server.URL+"/"+fragment)); err != nil {
		t.Fatal(err)
	}
	b.wait(t, `!!document.getElementById("counted").textContent`)
}

// quiet checks that the page asked for nothing but itself, and complained of
// nothing.
func (b *tab) quiet(t *testing.T) {
	t.Helper()
	b.lock.Lock()
	defer b.lock.Unlock()
	for _, r := range b.requests {
		if !strings.HasPrefix(r, b.server.URL+"/") && r != "about:blank" && r != "data:," || strings.HasSuffix(r, ".ico") {
			t.Errorf("the page asks for %s", r)
		}
	}
	for _, text := range b.troubles {
		t.Errorf("the browser says: %s", text)
	}
}

func look[T any](t *testing.T, b *tab, expression string) T {
	t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wait waits for a condition. The policy of the page lets no test make
// functions of strings, so it is asked again and again from outside.
func (b *tab) wait(t *testing.T, condition string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	for {
		v, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
		if err == nil && v {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s does not come true: %v", condition, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (b *tab) press(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if err := chromedp.Do(b.ctx, chromedp.KeyEvent(key)); err != nil {
			t.Fatal(err)
		}
	}
}

// strike is a key without the character that it types: what a browser makes of
// a key whose default a page prevents.
func (b *tab) strike(t *testing.T, key string) {
	t.Helper()
	look[bool](t, b, fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: %q, bubbles: true, cancelable: true})) || true`, key))
}

// seeAs sets the window and the theme of the system.
func (b *tab) seeAs(t *testing.T, width, height int64, theme string) {
	t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, params); err != nil {
		t.Fatal(err)
	}
}

func chromium(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" && os.Getenv("CI") == "true" {
		t.Fatal("no chromium found, and CI=true allows no skip: install the package chromium")
	}
	if path == "" {
		t.Skip("no chromium found: install the package chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	return ctx
}
