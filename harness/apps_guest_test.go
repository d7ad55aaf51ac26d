package harness

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// A guest visits an app as a browser or a script does, and keeps what was said.
type guest struct {
	t       testing.TB
	d       *deployment
	urls    map[string]string
	jar     *cookiejar.Jar
	referer string
	capture *traffic.Capture
	common  []string // headers of each request
}

func newGuest(t testing.TB, d *deployment, urls map[string]string) *guest {
	jar, _ := cookiejar.New(nil)
	g := &guest{t: t, d: d, urls: urls, jar: jar, capture: &traffic.Capture{File: "yesterday.har", Format: traffic.HAR, Version: "1.2"}}
	d.urls = map[string]string{}
	for origin := range urls {
		d.urls[origin] = origin
	}
	return g
}

// A page is what a guest got.
type page struct {
	at     string
	status int
	header http.Header
	body   string
}

// input is the value of a form's field, member that of a JSON member.
func (p page) input(name string) string {
	_, rest, _ := strings.Cut(p.body, `name="`+name+`"`)
	return between(rest, `value="`, `"`)
}

func (p page) member(name string) string {
	_, rest, _ := strings.Cut(p.body, `"`+name+`":`)
	return strings.Trim(strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(",}]\n", r) })[0], `"`)
}

func (g *guest) get(address string, header ...string) page {
	return g.do("GET", address, "", header...)
}

// form posts names and values.
func (g *guest) form(address string, pairs ...string) page {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return g.do("POST", address, v.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func (g *guest) json(method, address, body string, header ...string) page {
	return g.do(method, address, body, append([]string{"Content-Type", "application/json"}, header...)...)
}

// follow goes where a redirect leads.
func (g *guest) follow(p page) page {
	if p.status/100 != 3 {
		g.t.Fatalf("%s: status %d, no redirect: %s", p.at, p.status, p.body)
	}
	return g.get(absolute(p.at, p.header.Get("Location")))
}

func absolute(base, ref string) string {
	b, _ := url.Parse(base)
	u, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

// do sends a request to where the origin is truly served, and keeps it as if it
// had gone to that origin.
func (g *guest) do(method, address, body string, header ...string) page {
	u, err := url.Parse(address)
	if err != nil {
		g.t.Fatal(err)
	}
	origin := u.Scheme + "://" + u.Host
	sent, err := http.NewRequest(method, g.urls[origin]+u.RequestURI(), strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	sent.Host = u.Host
	list := append([]string{"User-Agent", "tester/1.0"}, g.common...)
	if g.referer != "" {
		list = append(list, "Referer", g.referer)
	}
	x := &traffic.Exchange{Index: len(g.capture.Exchanges), Request: traffic.Request{Method: method, URL: address, Proto: "HTTP/1.1", Header: traffic.Header{{Name: "Host", Value: u.Host}}}}
	list = append(list, header...)
	if pairs := g.jar.Cookies(u); len(pairs) > 0 && !slices.Contains(g.common, "cors") { // fetch sends no cookies across origins

		var all []string
		for _, c := range pairs {
			all = append(all, c.Name+"="+c.Value)
		}
		list = append(list, "Cookie", strings.Join(all, "; "))
	}
	for i := 0; i < len(list); i += 2 {
		sent.Header.Set(list[i], list[i+1])
	}
	for _, name := range names(sent.Header) {
		x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: name, Value: sent.Header.Get(name)})
	}
	if body != "" {
		x.Request.Body = traffic.NewBody(sent.Header.Get("Content-Type"), []byte(body))
	}
	x.Recorded = traffic.Recorded{Started: timestamp(g.d.now()), Millis: 5}
	return g.keep(x, u, sent)
}

func (g *guest) keep(x *traffic.Exchange, u *url.URL, sent *http.Request) page {
	got, err := http.DefaultTransport.RoundTrip(sent)
	if err != nil {
		g.t.Fatal(err)
	}
	content, _ := io.ReadAll(got.Body)
	_ = got.Body.Close()
	g.jar.SetCookies(u, got.Cookies())
	x.Response = &traffic.Response{Status: got.StatusCode, StatusText: http.StatusText(got.StatusCode), Proto: "HTTP/1.1", Body: traffic.NewBody(got.Header.Get("Content-Type"), bytes.Clone(content))}
	for _, name := range names(got.Header) {
		for _, v := range got.Header[name] {
			x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: name, Value: v})
		}
	}
	g.capture.Exchanges = append(g.capture.Exchanges, x)
	if strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") && got.StatusCode == 200 {
		g.referer = u.String()
	}
	return page{u.String(), got.StatusCode, got.Header, string(content)}
}

func names(h http.Header) []string {
	var list []string
	for name := range h {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

func timestamp(t time.Time) traffic.Timestamp {
	t = t.Truncate(time.Millisecond)
	return traffic.Timestamp{Time: t, Text: t.UTC().Format("2006-01-02T15:04:05.000Z")}
}
