package mask

import (
	"errors"
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Finding is a place of a capture that holds what looks like a secret. It
// holds no captured value.
type Finding struct {
	Entry int    // index of the exchange, -1 where it is none's
	Where string // "bad.har: entry 12 (GET /orders)", or the file alone
	Place string // "request header Authorization", "response body"
}

func (f Finding) String() string { return f.Where + ": " + f.Place }

// Find tells where a capture holds what [Redactor.Capture] would mask: none
// where it is redacted already. A body that can't be read is no place without
// a secret: the error names each, the findings are those of the others.
func (r *Redactor) Find(c *traffic.Capture) ([]Finding, error) {
	r.Learn(c)
	found := findings{masker: r.masker(), where: c.File, entry: -1}
	found.frame(c, r.frame(c))
	var unread []error
	for _, x := range c.Exchanges {
		redacted, err := r.Exchange(x)
		found.where, found.entry = x.Where(c.File), x.Index
		if err != nil {
			unread = append(unread, fmt.Errorf("%s: %w", found.where, err))
			continue
		}
		found.exchange(x, redacted)
	}
	return found.list, errors.Join(unread...)
}

// findings are what differs between a capture and its redacted copy.
type findings struct {
	masker *Masker
	where  string
	entry  int
	list   []Finding
}

func (f *findings) text(before, after string, place ...string) {
	if before != after {
		f.add(place...)
	}
}

// add notes a place; names of it are captured, so they are masked.
func (f *findings) add(place ...string) {
	f.list = append(f.list, Finding{f.entry, Visible(f.where), Visible(f.masker.Text(strings.Join(place, " ")))})
}

func (f *findings) frame(a, b *traffic.Capture) {
	f.text(a.Creator.Name+a.Creator.Version+a.Creator.Comment, b.Creator.Name+b.Creator.Version+b.Creator.Comment, "creator")
	f.text(a.Browser.Name+a.Browser.Version+a.Browser.Comment, b.Browser.Name+b.Browser.Version+b.Browser.Comment, "browser")
	f.text(a.Comment, b.Comment, "comment")
	for i := range a.Pages {
		if a.Pages[i] != b.Pages[i] {
			f.add(fmt.Sprintf("page %d", i))
		}
	}
	f.fields(a.Unknown, b.Unknown)
}

func (f *findings) exchange(a, b *traffic.Exchange) {
	f.request(&a.Request, &b.Request)
	if a.Response != nil {
		f.response(a.Response, b.Response)
	}
	f.text(a.Recorded.Comment, b.Recorded.Comment, "comment")
	before, after := a.Recorded, b.Recorded
	if before.Comment, after.Comment = "", ""; before != after {
		f.add("what the recorder noted")
	}
	f.fields(a.Unknown, b.Unknown)
}

func (f *findings) request(a, b *traffic.Request) {
	f.text(a.Method, b.Method, "request method")
	f.text(a.URL, b.URL, "request URL")
	f.text(a.Proto, b.Proto, "request HTTP version")
	f.header("request", a.Header, b.Header)
	f.cookies("request", a.Cookies, b.Cookies)
	f.params("request query parameter", a.Query, b.Query)
	f.body("request", a.Body, b.Body)
}

func (f *findings) response(a, b *traffic.Response) {
	f.text(a.StatusText, b.StatusText, "response status text")
	f.text(a.Proto, b.Proto, "response HTTP version")
	f.text(a.Error, b.Error, "response error")
	f.text(a.Location, b.Location, "response redirectURL")
	f.header("response", a.Header, b.Header)
	f.cookies("response", a.Cookies, b.Cookies)
	f.body("response", a.Body, b.Body)
}

func (f *findings) header(side string, a, b traffic.Header) {
	for i := range a {
		if a[i] != b[i] {
			f.add(side, "header", b[i].Name)
		}
	}
}

func (f *findings) cookies(side string, a, b []traffic.Cookie) {
	for i := range a {
		if a[i] != b[i] {
			f.add(side, "cookie", b[i].Name)
		}
	}
}

func (f *findings) params(place string, a, b []traffic.Param) {
	for i := range a {
		if a[i] != b[i] {
			f.add(place, b[i].Name)
		}
	}
}

func (f *findings) body(side string, a, b traffic.Body) {
	f.params(side+" form field", a.Params, b.Params)
	if !a.Equal(b) || a.MediaType != b.MediaType {
		f.add(side, "body")
	}
}

func (f *findings) fields(a, b traffic.Fields) {
	for i := range a {
		if string(a[i].Value) != string(b[i].Value) {
			f.add("unknown field", b[i].Pointer)
		}
	}
}
