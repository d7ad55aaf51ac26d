package traffic

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// rawQuery returns the query of a URL that need not be a valid one.
func rawQuery(rawURL string) string {
	rest, _, _ := strings.Cut(rawURL, "#")
	_, query, _ := strings.Cut(rest, "?")
	return query
}

// urlQuery splits the query of the URL; decoded where it can be.
func (r *Request) urlQuery(decode bool) []Param {
	query := rawQuery(r.URL)
	if query == "" {
		return nil
	}
	var list []Param
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		if decode {
			name, value = unescapeQuery(name), unescapeQuery(value)
		}
		list = append(list, Param{Name: name, Value: value})
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
	if len(r.Query) == 0 || slices.Equal(r.Query, r.urlQuery(true)) || slices.Equal(r.Query, r.urlQuery(false)) {
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
