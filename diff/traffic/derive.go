package traffic

import (
	"iter"
	"net/url"
	"strings"
	"time"
)

// rawQuery returns the query of a URL that need not be a valid one.
func rawQuery(rawURL string) string {
	rest, _, _ := strings.Cut(rawURL, "#")
	_, query, _ := strings.Cut(rest, "?")
	return query
}

// urlQuery splits the query of the URL, as it is.
func (r *Request) urlQuery() iter.Seq[Param] {
	return func(yield func(Param) bool) {
		for part := range strings.SplitSeq(rawQuery(r.URL), "&") {
			name, value, _ := strings.Cut(part, "=")
			if part != "" && !yield(Param{Name: name, Value: value}) {
				return
			}
		}
	}
}

// listedQuery is the query of the URL as HAR lists it, decoded.
func (r *Request) listedQuery() []Param {
	var list []Param
	for p := range r.urlQuery() {
		list = append(list, Param{Name: unescapeQuery(p.Name), Value: unescapeQuery(p.Value)})
	}
	return list
}

func unescapeQuery(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	if plain, err := url.QueryUnescape(s); err == nil {
		return strings.ToValidUTF8(plain, "\uFFFD")
	}
	return s
}

// ownQuery returns the recorder's list where it differs from the query of the
// URL. Some recorders decode it and others do not; neither is a difference.
func (r *Request) ownQuery() []Param {
	raw, decoded, i := true, true, 0
	for p := range r.urlQuery() {
		if i == len(r.Query) {
			return r.Query
		}
		q := r.Query[i]
		raw = raw && q == p
		decoded = decoded && q == Param{Name: unescapeQuery(p.Name), Value: unescapeQuery(p.Value)}
		i++
	}
	if i == len(r.Query) && (raw || decoded) {
		return nil
	}
	return r.Query
}

// ownLocation returns the recorder's redirectURL where it differs from the
// Location header.
func (r *Response) ownLocation() string {
	if r.Location == r.Header.Get("Location") {
		return ""
	}
	return r.Location
}

func (r *Response) listedLocation() string {
	if r.Location != "" {
		return r.Location
	}
	return r.Header.Get("Location")
}

// text is the time as it is written.
func (t Timestamp) text() string {
	if t.Text == "" && t.Known() {
		return t.Time.Format(time.RFC3339Nano)
	}
	return t.Text
}

// parseCookieDate reads the date of a Set-Cookie, which may have hyphens.
func parseCookieDate(text string) (t time.Time, zoned, ok bool) {
	for _, layout := range []string{"Mon, 02-Jan-2006 15:04:05 GMT", "Mon, 02-Jan-06 15:04:05 GMT", "Monday, 02-Jan-06 15:04:05 GMT"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true, true
		}
	}
	return parseTime(text)
}
