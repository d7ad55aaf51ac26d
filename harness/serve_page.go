package harness

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// A servedPage is the page that asks: where it was, and where it is now.
type servedPage struct{ recorded, now string }

// newServedPage reads ServeOptions.Page; nil where it names none.
func newServedPage(now string, c *traffic.Capture, main string) (*servedPage, error) {
	if now == "" {
		return nil, nil
	}
	u, err := url.Parse(now)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return nil, errors.New("the page is no origin: write it as http://localhost:3000")
	}
	// As a browser spells it in Origin: without the default port.
	return &servedPage{recorded: recordedPage(c, main), now: strings.TrimSuffix(canonicalOrigin(now), "/")}, nil
}

// recordedPage is the origin of the page that most requests came from. Where
// none tells, it is the main one: a page needs no Origin at home.
func recordedPage(c *traffic.Capture, main string) string {
	count := map[string]int{}
	best := ""
	for _, x := range c.Exchanges {
		spelled, _ := cutOrigin(x.Request.Header.Get("Origin"))
		if spelled == "" {
			spelled, _ = cutOrigin(x.Request.Header.Get("Referer"))
		}
		origin := canonicalOrigin(spelled)
		if origin == "" {
			continue
		}
		if count[origin]++; count[origin] > count[best] {
			best = origin
		}
	}
	if best == "" {
		return main
	}
	return best
}

// asks tells whether a request is of the page that has moved.
func (p *servedPage) asks(r *http.Request) bool {
	return p != nil && r.Header.Get("Origin") == p.now
}

// atHome tells whether a request is of the page that has moved, and was of its
// own origin when recorded: there were no CORS fields, and now it takes some.
func (s *Served) atHome(entry int, r *http.Request) bool {
	return s.page.asks(r) && s.shelf.origins[entry] == s.page.recorded
}

// letRead adds what lets the page that has moved read an answer of its own
// origin, cookies and all (Fetch, section "CORS check").
func (s *Served) letRead(h traffic.Header, entry int, r *http.Request) traffic.Header {
	if !s.atHome(entry, r) || h.Has("Access-Control-Allow-Origin") {
		return h
	}
	return append(h,
		traffic.HeaderField{Name: "Access-Control-Allow-Origin", Value: s.page.now},
		traffic.HeaderField{Name: "Access-Control-Allow-Credentials", Value: "true"},
		traffic.HeaderField{Name: "Vary", Value: "Origin"})
}

// missReadable adds what lets a page of this machine read why it got no answer:
// a browser shows no body of an answer that fails the CORS check. Other pages
// are told nothing about the capture.
func (s *Served) missReadable(h traffic.Header, r *http.Request) traffic.Header {
	page := r.Header.Get("Origin")
	u, err := url.Parse(page)
	if err != nil || u.Host == "" || !s.page.asks(r) && !isLoopbackName(u.Hostname()) {
		return h
	}
	return append(h,
		traffic.HeaderField{Name: "Access-Control-Allow-Origin", Value: page},
		traffic.HeaderField{Name: "Access-Control-Allow-Credentials", Value: "true"},
		traffic.HeaderField{Name: "Access-Control-Expose-Headers", Value: ServeHeader},
		traffic.HeaderField{Name: "Vary", Value: "Origin"})
}

// cookieHere takes out of a Set-Cookie line what would have a client drop the
// cookie here: a Domain that is not this host (RFC 6265 section 5.3), and
// Secure where the server speaks plain HTTP. A cookie that may not be without
// Secure keeps it: browsers trust localhost with that.
func (s *Served) cookieHere(line string, at heading) string {
	if !s.options.OwnCookies || at.base == "" {
		return line
	}
	parts := strings.Split(line, ";")
	plain := strings.HasPrefix(at.base, "http://") && !needsSecure(parts)
	kept := parts[:1]
	for _, part := range parts[1:] {
		name, _, _ := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "domain" || name == "secure" && plain {
			continue
		}
		kept = append(kept, part)
	}
	return strings.Join(kept, ";")
}

// needsSecure tells a cookie that is refused without Secure: one with a prefix
// (RFC 6265bis section 4.1.3), or with SameSite=None.
func needsSecure(parts []string) bool {
	name := strings.ToLower(strings.TrimSpace(parts[0]))
	if strings.HasPrefix(name, "__secure-") || strings.HasPrefix(name, "__host-") {
		return true
	}
	for _, part := range parts[1:] {
		key, value, _ := strings.Cut(part, "=")
		if strings.EqualFold(strings.TrimSpace(key), "samesite") && strings.EqualFold(strings.TrimSpace(value), "none") {
			return true
		}
	}
	return false
}
