package browser

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"html"
	"math/big"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// cookieLiveCases is how many cases run with third-party cookies allowed and
// blocked.
var cookieLiveCases = map[bool]int{false: 50, true: 20}

// TestCookiesAgainstChromium sets and sends generated cookies in a real browser
// and compares with the model. They are the same in every run, as a failure is
// to be of the code that was changed; COOKIE_LIVE_SEED makes others, those of
// the clock where it is "now", and COOKIE_LIVE_FACTOR more of them.
func TestCookiesAgainstChromium(t *testing.T) {
	seed := uint64(1)
	if s := os.Getenv("COOKIE_LIVE_SEED"); s == "now" {
		seed = uint64(time.Now().UnixNano())
	} else if s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	factor := 1
	if n, err := strconv.Atoi(os.Getenv("COOKIE_LIVE_FACTOR")); err == nil {
		factor = n
	}
	t.Logf("COOKIE_LIVE_SEED=%d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, blocked := range []bool{false, true} {
		t.Run(fmt.Sprintf("blocked=%v", blocked), func(t *testing.T) {
			b := cookieLiveStart(t, blocked)
			for i := range cookieLiveCases[blocked] * factor {
				c := cookieLiveGenerate(rng)
				if !t.Run(fmt.Sprint(i), func(t *testing.T) { b.compare(t, i, c) }) {
					description, _ := json.Marshal(c)
					t.Logf("case %d: %s", i, description)
				}
			}
		})
	}
}

// cookieLiveCase is a set step and a send step, in the words of the recording,
// sometimes with an earlier cookie in the jar.
type cookieLiveCase struct {
	Before    []suiteStep
	Set, Send suiteStep
}

func cookieLiveGenerate(rng *rand.Rand) cookieLiveCase {
	scheme := pick(rng, "https", "https", "http")
	target := scheme + "://" + pick(rng, "app.shop.test", "app.shop.test", "shop.test", "a.github.io", "www.shop.co.uk", "shop.test.localhost", "x.kawasaki.jp")
	c := cookieLiveCase{Set: cookieLiveStep(rng, target+pick(rng, "/", "/x/p", "/x"))}
	c.Set.SetCookie = []string{cookieLiveLine(rng, target)}
	if rng.IntN(3) == 0 {
		earlier := pick(rng, target, strings.Replace(target, "http:", "https:", 1), strings.Replace(target, "https:", "http:", 1))
		line := cookieLiveLine(rng, target)
		c.Before = []suiteStep{{URL: earlier + pick(rng, "/", "/x/p"), How: "navigate", Method: "GET", SetCookie: []string{line, "b=2; Path=/"}}}
	}
	to := target
	if rng.IntN(3) == 0 {
		to = pick(rng, "https", "http") + "://" + pick(rng, "api.shop.test", "shop.test", "app.shop.test", "b.a.github.io", "shop.co.uk")
	}
	c.Send = cookieLiveStep(rng, to+pick(rng, "/", "/x", "/x/y", "/xy"))
	return c
}

func cookieLiveLine(rng *rand.Rand, target string) string {
	host := target[strings.Index(target, "//")+2:]
	line := pick(rng, "a", "a", "a", "__Host-a", "__secure-a", "__Http-a", "__HOST-HTTP-a", "") + "=" + pick(rng, "1", "1", "", "=2", "\"q\"", "x y")
	for _, options := range [][]string{
		{"", "", "; Domain=" + host, "; Domain=." + host, "; domain=shop.test", "; Domain=" + strings.ToUpper(host), "; Domain=evil.test", "; Domain=test", "; Domain=", "; Domain=" + host + "."},
		{"", "", "; Path=/", "; Path=/x", "; Path=/x/", "; Path=x", "; Path=", "; Path=/; Path=/x"},
		{"", "; Secure", "; Secure", "; secure=0"},
		{"", "", "; SameSite=None", "; SameSite=Lax", "; SameSite=Strict", "; samesite=none", "; SameSite=junk", "; SameSite=Lax; SameSite=Strict"},
		{"", "", "; HttpOnly"},
		{"", "", "", "; Partitioned"},
		{"", "", "; Max-Age=600", "; Max-Age=0", "; Max-Age=x", "; Expires=Fri, 01 Jan 2100 00:00:00 GMT", "; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "; Max-Age=+600"},
	} {
		line += options[rng.IntN(len(options))]
	}
	return line
}

func cookieLiveStep(rng *rand.Rand, url string) suiteStep {
	s := suiteStep{URL: url, Method: "GET", How: pick(rng, "navigate", "navigate", "link", "form-get", "form-post", "fetch", "fetch", "img",
		"iframe", "iframe-post", "sandboxed-iframe", "nested-iframe", "iframe-fetch", "redirect", "fetch-redirect", "script")}
	scheme := url[:strings.Index(url, ":")]
	own := url[:len(scheme)+3+strings.Index(url[len(scheme)+3:], "/")]
	from := func() string {
		if s := pick(rng, own, "app.shop.test", "www.shop.test", "evil.test"); s == own {
			return own
		} else {
			return scheme + "://" + s // a page on https may not embed http
		}
	}
	initiator := from()
	if s.How == "link" && rng.IntN(2) == 0 {
		initiator = pick(rng, "http://www.shop.test", "https://www.shop.test")
	}
	switch s.How {
	case "navigate":
		return s
	case "script":
		initiator = own
	case "form-post", "iframe-post":
		s.Method = "POST"
	case "fetch", "iframe-fetch", "fetch-redirect":
		s.Method = pick(rng, "GET", "GET", "POST")
		s.Credentials = pick(rng, "include", "include", "same-origin", "omit")
	}
	s.Initiator = &initiator
	switch s.How {
	case "redirect", "fetch-redirect":
		s.Via = from() + "/r"
		if s.How == "redirect" && rng.IntN(2) == 0 {
			s.Initiator = nil
		}
		s.Method = "GET"
	case "nested-iframe", "iframe-fetch":
		s.Frame = from() + "/f"
	}
	return s
}

// soon bears a slow machine: the shortest life is ten minutes.
var soon = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Expires" },
	cmp.Comparer(func(a, b int64) bool { return max(a-b, b-a) <= 300 }))

func pick(rng *rand.Rand, from ...string) string { return from[rng.IntN(len(from))] }

func (b *cookieLive) compare(t *testing.T, id int, c cookieLiveCase) {
	b.clear(t)
	now := time.Now()
	jar := &Jar{ThirdPartyBlocked: b.blocked}
	for i, step := range c.Before {
		ctx, err := step.context(now, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range step.SetCookie {
			jar.Set(line, ctx)
		}
		b.run(t, fmt.Sprintf("%d-before%d", id, i), step)
	}
	set, err := c.Set.context(now, "")
	if err != nil {
		t.Fatal(err)
	}
	_, v := jar.Set(c.Set.SetCookie[0], set)
	b.run(t, fmt.Sprintf("%d-set", id), c.Set)
	stored := []suiteCookie{}
	for _, k := range jar.All() {
		stored = append(stored, asSuite(k))
	}
	if diff := cmp.Diff(byIdentity(b.cookies(t)), byIdentity(stored), soon); diff != "" {
		t.Errorf("%s %q, model says %v; stored (-browser +model):\n%s", c.Set.How, c.Set.SetCookie, v, diff)
	}
	send, err := c.Send.context(now, "")
	if err != nil {
		t.Fatal(err)
	}
	got := b.run(t, fmt.Sprintf("%d-send", id), c.Send)
	if want := jar.Header(send); got != want {
		t.Errorf("sent by %s: browser %q, model %q", c.Send.How, got, want)
	}
}

// cookieLive is the browser, and the server that it talks to.
type cookieLive struct {
	ctx     context.Context
	blocked bool // third-party cookies

	mu   sync.Mutex
	role string // of the requests that count: the last parameter of their URL
	step suiteStep
	seen bool
	got  string // Cookie header of the request to the URL of the step
}

func cookieLiveStart(t *testing.T, blocked bool) *cookieLive {
	t.Helper()
	path := cookieLivePath()
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no chromium on this machine, CI has to install one")
		}
		t.Skip("no chromium on this machine (Debian: apt-get install chromium)")
	}
	if testing.Short() {
		t.Skip("drives a browser for half a minute")
	}
	b := &cookieLive{blocked: blocked}
	plain, secure := b.serve(t)
	rules := fmt.Sprintf("MAP *:443 127.0.0.1:%d, MAP *:80 127.0.0.1:%d", secure, plain)
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.UserDataDir(cookieLiveProfile(t, blocked)), chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-features", "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LocalNetworkAccessChecks"),
		chromedp.Flag("host-resolver-rules", rules)}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); cancel() })
	b.ctx = ctx
	b.do(t, chromedp.Navigate("about:blank"))
	return b
}

// cookieLiveProfile is a new user-data-dir that says whether third-party
// cookies are blocked (cookie_controls_mode: 0 off, 1 block).
func cookieLiveProfile(t *testing.T, blocked bool) string {
	dir, mode := t.TempDir(), 0
	if blocked {
		mode = 1
	}
	preferences := fmt.Sprintf(`{"profile":{"cookie_controls_mode":%d,"block_third_party_cookies":%v}}`, mode, blocked)
	if err := os.Mkdir(filepath.Join(dir, "Default"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Default", "Preferences"), []byte(preferences), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func cookieLivePath() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func (b *cookieLive) serve(t *testing.T) (plain, secure int) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"shop.test"}}
	der, err := x509.CreateCertificate(crand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, NextProtos: []string{"http/1.1"}}
	server := &http.Server{Handler: b, ErrorLog: nil}
	t.Cleanup(func() { server.Close() })
	ports := [2]int{}
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports[i] = l.Addr().(*net.TCPAddr).Port
		if i == 1 {
			l = tls.NewListener(l, config)
		}
		go server.Serve(l)
	}
	return ports[0], ports[1]
}

// ServeHTTP answers by the role in the query: the page of the initiator, the
// frame between, the redirect, and the target of the step.
func (b *cookieLive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if origin := r.Header.Get("Origin"); origin != "" {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
	}
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Cache-Control", "no-store")
	role, ok := strings.CutPrefix(r.URL.Query().Get("live"), b.role+"-")
	switch {
	case !ok:
	case role == "via":
		w.Header().Set("Location", b.url("target", b.step.URL))
		w.WriteHeader(http.StatusFound)
	case role == "frame":
		fmt.Fprintf(w, "<script>(async()=>{%s})().catch(()=>0).finally(()=>parent.postMessage('done','*'))</script>", b.frameScript())
	case role == "target":
		b.seen, b.got = true, r.Header.Get("Cookie")
		for _, line := range b.step.SetCookie {
			w.Header().Add("Set-Cookie", line)
		}
	}
	fmt.Fprint(w, "<body>", html.EscapeString(role))
}

func (b *cookieLive) url(role, url string) string { return url + "?live=" + b.role + "-" + role }

const cookieLiveFrame = `await new Promise(r=>{const f=document.createElement('iframe');%s;f.onload=r;f.src=%q;document.documentElement.append(f)});`

func (b *cookieLive) frameScript() string {
	if b.step.How == "nested-iframe" {
		return fmt.Sprintf(cookieLiveFrame, "", b.url("target", b.step.URL))
	}
	return b.fetchScript(b.url("target", b.step.URL))
}

func (b *cookieLive) fetchScript(url string) string {
	return fmt.Sprintf("await fetch(%q,{method:%q,credentials:%q});", url, b.step.Method, b.step.Credentials)
}

// run does one step and returns the Cookie header that arrived, or
// document.cookie.
func (b *cookieLive) run(t *testing.T, role string, s suiteStep) string {
	t.Helper()
	b.mu.Lock()
	b.role, b.step, b.seen, b.got = role, s, false, ""
	b.mu.Unlock()
	if s.How == "script" {
		return b.script(t, s)
	}
	first, firstRole := s.URL, "target"
	if s.Via != "" {
		first, firstRole = s.Via, "via"
	}
	if s.Initiator == nil {
		b.do(t, chromedp.Navigate(b.url(firstRole, first)))
		return b.arrived(t)
	}
	b.do(t, chromedp.Navigate(b.url("page", *s.Initiator+"/")))
	b.eval(t, b.pageScript(b.url(firstRole, first)))
	got := b.arrived(t)
	if k := s.How; k == "link" || k == "redirect" || strings.HasPrefix(k, "form-") {
		b.loaded(t)
	}
	return got
}

// pageScript is what the page of the initiator does.
func (b *cookieLive) pageScript(url string) string {
	switch b.step.How {
	case "link", "redirect":
		return fmt.Sprintf("const a=document.createElement('a');a.href=%q;document.body.append(a);a.click()", url)
	case "form-get", "form-post":
		target, query, _ := strings.Cut(url, "?live=")
		if b.step.Method == "POST" {
			target, query = url, ""
		}
		return fmt.Sprintf("const f=document.createElement('form');f.method=%q;f.action=%q;f.innerHTML='<input name=live value=%s>';document.body.append(f);f.submit()", b.step.Method, target, query)
	case "img":
		return fmt.Sprintf("await new Promise(r=>{const i=new Image();i.onload=i.onerror=r;i.src=%q})", url)
	case "iframe":
		return fmt.Sprintf(cookieLiveFrame, "", url)
	case "sandboxed-iframe":
		return fmt.Sprintf(cookieLiveFrame, "f.sandbox='allow-scripts'", url)
	case "iframe-post":
		return fmt.Sprintf("const i=document.createElement('iframe');i.name='n';document.body.append(i);const f=document.createElement('form');f.method='POST';f.target='n';f.action=%q;document.body.append(f);await new Promise(r=>{i.onload=r;f.submit()})", url)
	case "nested-iframe", "iframe-fetch":
		return "const done=new Promise(r=>{onmessage=r});" + fmt.Sprintf(cookieLiveFrame, "", b.url("frame", b.step.Frame)) + "await done"
	}
	return b.fetchScript(url)
}

func (b *cookieLive) script(t *testing.T, s suiteStep) string {
	b.do(t, chromedp.Navigate(b.url("page", s.URL)))
	for _, line := range s.SetCookie {
		b.eval(t, fmt.Sprintf("document.cookie=%q", line))
	}
	return b.eval(t, "return document.cookie")
}

// arrived waits for the request of the step.
func (b *cookieLive) arrived(t *testing.T) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		b.mu.Lock()
		seen, got := b.seen, b.got
		b.mu.Unlock()
		if seen {
			time.Sleep(20 * time.Millisecond) // the answer is on its way to the cookie store
			return got
		}
	}
	t.Fatalf("no request arrived for %s to %s", b.step.How, b.step.URL)
	return ""
}

// loaded waits until the page that a link leads to has replaced the old one.
func (b *cookieLive) loaded(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if strings.Contains(b.eval(t, "return document.readyState+location.search"), "complete?live="+b.role+"-target") {
			return
		}
	}
	t.Fatal("the page did not load")
}

func (b *cookieLive) eval(t *testing.T, script string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string]("(async()=>{"+script+"})().then(v=>v||'',e=>'error: '+e)", chromedp.EvalAwaitPromise))
	// A script that navigates away may lose its page before it answers.
	if err != nil && !strings.Contains(err.Error(), "navigated") && !strings.Contains(err.Error(), "context") && !strings.Contains(err.Error(), "Promise") {
		t.Fatal(err)
	}
	return s
}

func (b *cookieLive) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func (b *cookieLive) clear(t *testing.T) {
	t.Helper()
	if _, err := chromedp.Call(b.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
}

// cookies is the jar of the browser.
func (b *cookieLive) cookies(t *testing.T) []suiteCookie {
	t.Helper()
	result, err := chromedp.Call(b.ctx, storage.GetCookies, storage.GetCookiesParams{})
	if err != nil {
		t.Fatal(err)
	}
	all := []suiteCookie{}
	for _, c := range result.Cookies {
		s := suiteCookie{Name: c.Name, Value: c.Value, Domain: c.Domain, HostOnly: !strings.HasPrefix(c.Domain, "."), Path: c.Path,
			Secure: c.Secure, HTTPOnly: c.HTTPOnly, SameSite: string(c.SameSite), Session: c.Session}
		if s.SameSite == "" {
			s.SameSite = SameSiteDefault.String()
		}
		if !c.Session {
			s.Expires = int64(c.Expires)
		}
		if k := c.PartitionKey; k != nil {
			s.PartitionKey = asSuite(Cookie{Partition: PartitionKey{SiteOf(k.TopLevelSite), k.HasCrossSiteAncestor}}).PartitionKey
		}
		all = append(all, s)
	}
	return all
}
