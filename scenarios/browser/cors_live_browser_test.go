package browser

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// corsLiveScript runs one case in the page and tells what the script saw.
const corsLiveScript = `(cases => Promise.all(cases.map(async c => {
  const q = c.request, body = b => b === null ? null :
    b.kind === 'text' ? b.value : b.kind === 'urlencoded' ? new URLSearchParams(b.value) :
    b.kind === 'bytes' ? new TextEncoder().encode(b.value) :
    b.kind === 'blob' ? new Blob([b.value], {type: b.type}) :
    (() => { const f = new FormData(); f.append('a', b.value); return f; })();
  if (q.via === 'xhr') return await new Promise(done => {
    try {
      const x = new XMLHttpRequest();
      x.open(q.method, q.url);
      x.withCredentials = q.credentials === 'include';
      for (const [k, v] of Object.entries(q.headers)) x.setRequestHeader(k, v);
      if (q.upload_listener) x.upload.addEventListener('progress', () => {});
      x.onload = () => done({ok: true, type: '', status: x.status, headers:
        x.getAllResponseHeaders().split('\r\n').filter(l => l).map(l => l.split(':')[0].toLowerCase()).sort()});
      x.onerror = () => done({ok: false, error: 'error'});
      x.send(body(q.body));
    } catch (e) { done({ok: false, error: String(e)}); }
  });
  try {
    const init = {method: q.method, credentials: q.credentials, headers: q.headers, mode: 'cors'};
    if (q.redirect) init.redirect = q.redirect;
    if (q.body !== null) init.body = body(q.body);
    const r = await fetch(q.url, init);
    return {ok: true, type: r.type, status: r.status, headers: [...r.headers.keys()].sort()};
  } catch (e) { return {ok: false, error: String(e)}; }
})))`

type corsLiveResult struct {
	OK      bool     `json:"ok"`
	Error   string   `json:"error"`
	Type    string   `json:"type"`
	Status  int      `json:"status"`
	Headers []string `json:"headers"`
}

// A corsLiveBrowser is a Chromium with an empty profile.
type corsLiveBrowser struct {
	ctx context.Context

	mu     sync.Mutex
	urls   map[network.RequestID]string
	failed map[string]*network.EventLoadingFailed // by case
}

// corsLiveStart starts Chromium, or skips the test where there is none.
func corsLiveStart(t *testing.T) *corsLiveBrowser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no chromium found, and CI=true asks for it: install the package chromium")
		}
		t.Skip("no chromium found: install the package chromium to compare the decisions with a real browser")
	}
	profile := t.TempDir()
	// Third-party cookies are allowed, as in the recording.
	if err := os.MkdirAll(filepath.Join(profile, "Default"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(profile, "Default", "Preferences"), []byte(`{"profile":{"cookie_controls_mode":0}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1"),
		chromedp.Flag("disable-features", "LocalNetworkAccessChecks,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable"),
	)
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &corsLiveBrowser{ctx: ctx, urls: map[network.RequestID]string{}, failed: map[string]*network.EventLoadingFailed{}}
	if err := chromedp.Listen(ctx, b.event); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return b
}

func (b *corsLiveBrowser) event(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if _, known := b.urls[e.RequestID]; !known && e.Type != network.ResourceTypePreflight {
			b.urls[e.RequestID] = e.Request.URL // the first of a redirect chain names the case
		}
	case *network.EventLoadingFailed:
		if url, known := b.urls[e.RequestID]; known {
			if _, path, ok := strings.Cut(url, "/c/"); ok {
				id, _, _ := strings.Cut(path, "/")
				id, _, _ = strings.Cut(id, "?")
				id, _, _ = strings.Cut(id, "#")
				if first := b.failed[id]; first == nil || first.CorsErrorStatus == nil && e.CorsErrorStatus != nil {
					b.failed[id] = e
				}
			}
		}
	}
}

func (b *corsLiveBrowser) open(t *testing.T, url string) {
	t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(url)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
}

// run plays the cases in the open page.
func (b *corsLiveBrowser) run(t *testing.T, cases []*corsCase) []corsLiveResult {
	t.Helper()
	data, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	for _, c := range cases {
		delete(b.failed, c.ID)
	}
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(b.ctx, 3*time.Minute)
	defer cancel()
	results, err := chromedp.Run(ctx, chromedp.Evaluate[[]corsLiveResult](corsLiveScript+"("+string(data)+")", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("run %d cases: %v", len(cases), err)
	}
	for wait := time.Now().Add(30 * time.Second); time.Now().Before(wait) && !b.reported(cases, results); {
		time.Sleep(10 * time.Millisecond)
	}
	return results
}

// reported tells whether DevTools has told about every failure.
func (b *corsLiveBrowser) reported(cases []*corsCase, results []corsLiveResult) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, r := range results {
		failed := r.Error == "error" || r.Error == "TypeError: Failed to fetch"
		if failed && b.failed[cases[i].ID] == nil {
			return false
		}
	}
	return true
}

// verdict puts together what script, DevTools and server saw of a case.
func (b *corsLiveBrowser) verdict(c *corsCase, r corsLiveResult, wire []corsCaseWire) corsCaseVerdict {
	v := corsCaseVerdict{Allowed: r.OK, Wire: wire}
	last := -1
	for _, w := range wire {
		v.PreflightSent = v.PreflightSent || w.Kind == "preflight" && w.Hop == 0
		if w.Kind == "actual" {
			v.Reached = true
			last = w.Hop
		}
	}
	if len(c.Chain) > 0 {
		v.LastHop = &last
	}
	if r.OK {
		v.Status, v.Visible, v.ResponseType = &r.Status, r.Headers, r.Type
		return v
	}
	if r.Error != "error" && r.Error != "TypeError: Failed to fetch" {
		v.JSError = r.Error
		return v
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.failed[c.ID]; e != nil {
		switch {
		case e.CorsErrorStatus != nil:
			v.Error, v.Parameter = string(e.CorsErrorStatus.CorsError), e.CorsErrorStatus.FailedParameter
		case e.BlockedReason != "":
			v.OtherBlock = string(e.BlockedReason)
		default:
			v.OtherBlock = e.ErrorText
		}
	}
	return v
}
