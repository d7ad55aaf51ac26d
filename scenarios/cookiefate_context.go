package scenarios

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// clientOf tells whose cookie jar a request was sent with: that of a browser,
// or a plain one. Node's fetch sends Sec-Fetch-Mode too, so User-Agent comes
// first.
func clientOf(c *traffic.Capture, x *traffic.Exchange) (p browser.Profile, plain bool) {
	switch agent := x.Request.Header.Get("user-agent"); {
	case strings.Contains(agent, "Firefox/"):
		return browser.Firefox, false
	case strings.Contains(agent, "Chrome/"), strings.Contains(agent, "Chromium/"), strings.Contains(agent, "Edg/"):
		return browser.Chromium, false
	case strings.Contains(agent, "Safari/"), strings.HasPrefix(agent, "Mozilla/") && strings.Contains(agent, "AppleWebKit/"):
		// Nothing documents Safari as well; like Firefox it has no Lax by default
		// and keeps third parties apart.
		return browser.Firefox, false
	case agent != "":
		return browser.Chromium, true
	}
	switch maker := strings.ToLower(c.Creator.Name + " " + c.Browser.Name); {
	case strings.Contains(maker, "firefox"):
		return browser.Firefox, false
	case strings.Contains(maker, "inspector"), strings.Contains(maker, "playwright"), strings.Contains(maker, "chrom"):
		return browser.Chromium, false
	}
	return browser.Chromium, !x.Request.Header.Has("sec-fetch-site")
}

// places follows a capture through its pages, so that requests can be told
// whose they are.
type places struct {
	pages     map[string]string          // URL of the document of a page of the HAR
	frames    map[string]map[string]bool // origins that were framed in it
	redirects map[string][]string        // URLs that led to a URL
	now       time.Time                  // the last time that was known
}

func newPlaces() *places {
	return &places{
		pages: map[string]string{}, frames: map[string]map[string]bool{}, redirects: map[string][]string{},
		// A flow without any clock: before all expiries that are meant to be in the
		// future, after those that delete.
		now: time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// maxHops bounds the redirects that are followed (Fetch, "HTTP-redirect fetch").
const maxHops = 20

// visit notes where a request leads.
func (p *places) visit(x *traffic.Exchange) {
	p.now = p.timeOf(x)
	page := x.Recorded.Page
	switch kindOf(x) {
	case browser.Navigation:
		p.pages[page] = x.Request.URL
		delete(p.frames, page)
	case browser.FrameNavigation:
		if p.frames[page] == nil {
			p.frames[page] = map[string]bool{}
		}
		p.frames[page][originOf(x.Request.URL)] = true
	}
	if x.Response == nil || x.Response.Status/100 != 3 {
		return
	}
	from, to := x.Request.ParsedURL(), x.Response.Header.Get("location")
	if to == "" {
		to = x.Response.Location
	}
	if from == nil || to == "" {
		return
	}
	if target, err := from.Parse(to); err == nil {
		if hops := p.redirects[x.Request.URL]; len(hops) < maxHops {
			p.redirects[target.String()] = append(slices.Clip(hops), x.Request.URL)
		}
	}
}

func (p *places) timeOf(x *traffic.Exchange) time.Time {
	if x.Recorded.Started.Known() {
		return x.Recorded.Started.Time
	}
	if x.Response != nil {
		if date, err := http.ParseTime(x.Response.Header.Get("date")); err == nil {
			return date
		}
	}
	return p.now
}

// context is what a browser knew of a request. What the recorder does not tell
// (the credentials mode) is taken in favour of the cookie.
func (p *places) context(x *traffic.Exchange) browser.CookieContext {
	ctx := browser.CookieContext{
		URL: x.Request.URL, Time: p.timeOf(x), Kind: kindOf(x), Method: x.Request.Method,
		Redirects: p.redirects[x.Request.URL], ThirdPartyBlocked: withoutThirdParties(x),
	}
	ctx.Initiator = p.initiator(x, ctx.Kind)
	page := x.Recorded.Page
	top := p.pages[page]
	switch {
	case ctx.Kind == browser.FrameNavigation && top != "":
		ctx.Frames = []string{top}
	case ctx.Kind == browser.Subresource && top != "" && p.frames[page][originOf(ctx.Initiator)]:
		ctx.Frames = []string{top, ctx.Initiator}
	}
	return ctx
}

// initiator is who started a request. Sec-Fetch-Site is the browser's own word
// on it, and Origin or Referer its name; a page that hides both is a stranger.
func (p *places) initiator(x *traffic.Exchange, kind browser.RequestKind) string {
	named := x.Request.Header.Get("origin")
	if named == "" || named == "null" {
		named = x.Request.Header.Get("referer")
	}
	switch strings.ToLower(x.Request.Header.Get("sec-fetch-site")) {
	case "none":
		return ""
	case "same-origin", "same-site":
		if named != "" && browser.SiteOf(named).SameSite(browser.SiteOf(x.Request.URL)) {
			return named
		}
		return x.Request.URL
	case "cross-site":
		if named == "" {
			return "null"
		}
		return named // of the same site where a redirect led through another
	}
	if named == "" && kind != browser.Navigation {
		return p.pages[x.Recorded.Page]
	}
	return named
}

// withoutThirdParties tells whether the browser keeps cookies from third
// parties here (Storage Access Headers).
func withoutThirdParties(x *traffic.Exchange) bool {
	switch strings.ToLower(x.Request.Header.Get("sec-fetch-storage-access")) {
	case "none", "inactive":
		return true
	}
	return false
}

// kindOf tells navigations from the requests of a page. Fetch Metadata says it;
// over plain http and in old browsers there is none.
func kindOf(x *traffic.Exchange) browser.RequestKind {
	h := x.Request.Header
	switch mode := strings.ToLower(h.Get("sec-fetch-mode")); mode {
	case "navigate", "nested-navigate":
		switch strings.ToLower(h.Get("sec-fetch-dest")) {
		case "iframe", "frame", "object", "embed", "fencedframe":
			return browser.FrameNavigation
		}
		return browser.Navigation
	case "":
	default:
		return browser.Subresource
	}
	switch kind := strings.Trim(string(x.Unknown.Get("/_resourceType")), `"`); {
	case kind == "document":
		if n, ok := devtools.Of(x); ok && n.Frame {
			return browser.FrameNavigation
		}
		return browser.Navigation
	case kind != "" && kind != "other" && kind != "preflight":
		return browser.Subresource
	}
	accept := strings.ToLower(h.Get("accept"))
	switch {
	case h.Has("x-requested-with"), h.Has("origin") && x.Request.Method == http.MethodGet:
		return browser.Subresource
	case strings.Contains(accept, "text/html"), h.Has("upgrade-insecure-requests"), accept == "":
		return browser.Navigation
	}
	return browser.Subresource
}

// originOf is the origin of a URL, "" where it has none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}

// httpDate writes a date of a recorder's list as Set-Cookie has it.
func httpDate(text string) string {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC().Format(http.TimeFormat)
	}
	return text
}
