package harness

import (
	"regexp"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/shown"
	"github.com/replaydiff/replay/harness/wire"
)

// plain is a request as it is compared: without what belongs to a connection,
// and without the recorder's own lists.
func plain(r *traffic.Request) *traffic.Request {
	out := &traffic.Request{Method: r.Method, URL: r.URL, Header: make(traffic.Header, 0, len(r.Header))}
	out.URL, _, _ = strings.Cut(r.URL, "#")
	cookie := -1
	for _, f := range r.Header {
		switch {
		case wire.IsFraming(f.Name), strings.EqualFold(f.Name, "Proxy-Authorization"):
			continue
		case strings.EqualFold(f.Name, "Cookie"):
			if cookie >= 0 { // HTTP/2 splits it (RFC 9113 section 8.2.3)
				out.Header[cookie].Value += "; " + f.Value
				continue
			}
			cookie = len(out.Header)
		}
		out.Header = append(out.Header, f)
	}
	if cookie < 0 && len(r.Cookies) > 0 { // the recorder kept its list alone
		var pairs []string
		for _, p := range r.CookiePairs() {
			pairs = append(pairs, p.Name+"="+p.Value)
		}
		out.Header = append(out.Header, traffic.HeaderField{Name: "Cookie", Value: strings.Join(pairs, "; ")})
	}
	out.Body = plainBody(r)
	return out
}

// plainBody is absent where it is empty: recorders disagree on that.
func plainBody(r *traffic.Request) traffic.Body {
	body := r.Body
	if !body.Present() && len(body.Params) > 0 {
		if form, err := body.Form(0); err == nil {
			body = traffic.NewBody(body.MediaType, form)
		}
	}
	if !body.Present() || body.Equal(traffic.NewBody("", nil)) {
		return traffic.Body{}
	}
	if t := r.Header.Get("Content-Type"); t != "" {
		body.MediaType = t
	}
	body.Params = nil
	return body
}

// A judging compares requests of one served capture.
type judging struct {
	masker    *mask.Masker
	ignore    diff.Ignore
	sanitized bool // the capture lost its credentials: those of a request can't be compared
	samePath  bool // but for secrets in it
	merged    bool // one address stands for all origins, so that a page of one names another
	page      bool // it is of a page that has moved
}

// changes lists what differs between a recorded request and one in recorded
// terms, and what of it keeps the one from fitting the other: those without a
// Noise.
func (j judging) changes(recorded, asked *traffic.Request) []diff.Change {
	was, is := &traffic.Exchange{Request: *plain(recorded)}, &traffic.Exchange{Request: *asked}
	if is.Request.Body.Present() && was.Request.Body.Present() && !is.Request.Header.Has("Content-Type") && !was.Request.Header.Has("Content-Type") {
		is.Request.Body.MediaType = was.Request.Body.MediaType
	}
	changes := diff.Judge(was, is, diff.Between(was, is))
	door := shown.PairDoor(j.masker, was, is)
	j.samePath = unnumbered(j.masker.URL(pathOf(was.Request.URL)), "‹›") == unnumbered(j.masker.URL(pathOf(is.Request.URL)), "‹›")
	for i := range changes {
		if c := &changes[i]; c.Noise == "" {
			c.Noise = j.excuse(door, c.Edit)
		}
	}
	return changes
}

// Reasons why a difference of a request does not keep it from fitting.
const (
	excusedIgnored    diff.Noise = "ignored"
	excusedCredential diff.Noise = "another credential of the same kind"
	excusedClient     diff.Noise = "clients add it by themselves"
	excusedSanitized  diff.Noise = "the capture was exported without credentials"
	excusedMerged     diff.Noise = "one address stands for several origins"
	excusedMediaType  diff.Noise = "said elsewhere"
	excusedPage       diff.Noise = "the page is at another origin"
)

func (j judging) excuse(door shown.Door, e diff.Edit) diff.Noise {
	if _, ok := j.ignore.Match(e.Path()); ok {
		return excusedIgnored
	}
	switch {
	case e.Part == diff.MediaType:
		return excusedMediaType
	case j.page && e.Part == diff.Header && (e.Name == "origin" || e.Name == "referer"):
		return excusedPage
	case j.merged && e.Part == diff.Header && e.Op == diff.Replace && (e.Name == "referer" || e.Name == "origin"):
		return excusedMerged
	case e.Part == diff.Path && j.samePath:
		return excusedCredential
	case e.Op == diff.Replace && isCredentialValue(door, e):
		return excusedCredential
	case e.Part == diff.Header && (e.Op == diff.Remove && addedByBrowser(e.Name) || e.Op == diff.Add && addedByLibrary(e.Name)):
		return excusedClient
	case j.sanitized && e.Op == diff.Add && (e.Part == diff.Cookie || e.Part == diff.Header && (e.Name == "authorization" || e.Name == "cookie")):
		return excusedSanitized
	}
	return ""
}

// isCredentialValue tells an edit that changes nothing but the value of a
// secret: masked, both sides are the same. What is inside credentials and
// tokens is of them, but for the scheme.
func isCredentialValue(door shown.Door, e diff.Edit) bool {
	if e.Part == diff.Cookie && e.Name != "" {
		return true
	}
	if e.Part == diff.Header && e.Sub != "" && diff.CarriesAuthority(e.Name) {
		last := e.Sub[strings.LastIndexByte(e.Sub, '.')+1:]
		return last != "scheme"
	}
	if e.WholeBody() && len(e.Old)+len(e.New) >= wholeBodyHead {
		return false // no more than the beginning is in the edit
	}
	old, new := door.Values(e)
	return unnumbered(old, "‹›") == unnumbered(new, "‹›") && strings.Contains(old, "‹")
}

// wholeBodyHead is how much of a body stands in the edit that replaces it.
const wholeBodyHead = 1 << 10

// unnumbered puts a word in the place of every placeholder.
func unnumbered(masked, word string) string { return placeholders.ReplaceAllString(masked, word) }

var placeholders = regexp.MustCompile(`‹[a-z]+ \d+(?:, [^‹›]*)?›`)

// addedByBrowser tells fields that a browser adds by itself and other clients
// leave out.
func addedByBrowser(name string) bool {
	return addedByLibrary(name) || name == "origin" || name == "x-requested-with"
}

// addedByLibrary tells fields that HTTP libraries add by themselves as well:
// net/http has a Referer in what a redirect led to.
func addedByLibrary(name string) bool {
	return name == "referer" || strings.HasPrefix(name, "sec-")
}

// matter lists the changes that keep a request from fitting.
func matter(changes []diff.Change) []diff.Change {
	var list []diff.Change
	for _, c := range changes {
		if c.Noise == "" {
			list = append(list, c)
		}
	}
	return list
}

// weight says how far a request is from a recorded one. Another method or path
// weighs more than another value somewhere.
func weight(changes []diff.Change) int {
	sum := 0
	for _, c := range changes {
		switch {
		case c.Noise != "":
		case c.Part == diff.Method:
			sum += 16
		case c.Part == diff.Path:
			sum += 8
		case c.Part == diff.Query, c.WholeBody():
			sum += 2
		default:
			sum++
		}
	}
	return sum
}
