package record_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/record"
)

// page logs in by a cookie and asks its API, whose answer it shows.
const page = `<!doctype html><title>orders</title><p id="early">…</p><script>
fetch('/api/orders', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"tea":"Assam"}'})
	.then(async r => document.body.insertAdjacentHTML('beforeend', '<p id="said">' + r.status + ' ' + await r.text() + '</p>'))
</script>`

// TestInChromium: a real browser that trusts the authority goes through the
// proxy as if it were not there, in HTTP/2, and its cookie, which its own export
// leaves out, is recorded.
func TestInChromium(t *testing.T) {
	server := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "s-1", Secure: true, HttpOnly: true})
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, page)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		if c, err := r.Cookie("session"); err != nil || c.Value != "s-1" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, "ordered")
	})
	a := authority(t)
	l := listen(t, record.Proxy{
		Authority: a, TLS: trusting(server),
		Resolve: map[string]string{"example.com:443": server.Listener.Addr().String()}, // a name that the server's certificate is for
	})
	ctx := chromium(t, l.URL, a)
	if err := chromedp.Do(ctx, chromedp.Navigate("https://example.com/")); err != nil {
		t.Fatal(err) // the first call starts the browser: it must have no time limit of its own
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.WaitVisible("#said")); err != nil {
		t.Fatal(err)
	}
	said, err := chromedp.Run(ctx, chromedp.Text("#said"))
	if err != nil || said != "200 ordered" {
		t.Errorf("the page says %q %v", said, err)
	}
	var order *traffic.Exchange
	for _, x := range l.Tape.Capture().Exchanges {
		if x.Request.Method == http.MethodPost && x.Request.URL == "https://example.com/api/orders" {
			order = x
		}
	}
	if order == nil {
		t.Fatal("the order is not recorded")
	}
	if order.Request.Header.Get("Cookie") != "session=s-1" || order.Request.Proto != "HTTP/2.0" || order.Response.Proto != "HTTP/2.0" ||
		text(t, order.Request.Body) != `{"tea":"Assam"}` || text(t, order.Response.Body) != "ordered" || !strings.HasPrefix(order.Request.Header.Get("Sec-Fetch-Site"), "same-origin") {
		t.Errorf("recorded %s in %s and %s: %q → %q\n%s", order.Request.Header.Get("Cookie"), order.Request.Proto, order.Response.Proto, text(t, order.Request.Body), text(t, order.Response.Body), names(order.Request.Header))
	}
}

func chromium(t *testing.T, proxy string, a *record.Authority) context.Context {
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
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.ProxyServer(proxy),
		chromedp.Flag("ignore-certificate-errors-spki-list", a.KeyHash()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	return ctx
}
