package traffic

import (
	"iter"
	"slices"
	"strings"
	"time"
)

// CookiePairs returns the names and values of the request's cookies: those of
// the Cookie headers, in order. A recorder's own list is used where there is
// no such header, and for values that are empty in it.
func (r *Request) CookiePairs() []Param {
	pairs := slices.Collect(r.headerCookies())
	if !r.Header.Has("Cookie") {
		for _, c := range r.Cookies {
			pairs = append(pairs, Param{Name: c.Name, Value: c.Value})
		}
		return pairs
	}
	listed := make(map[string][]string)
	for _, c := range r.Cookies {
		listed[c.Name] = append(listed[c.Name], c.Value)
	}
	for i, p := range pairs {
		values := listed[p.Name]
		if len(values) == 0 {
			continue
		}
		listed[p.Name] = values[1:]
		if p.Value == "" {
			pairs[i].Value = values[0]
		}
	}
	return pairs
}

// headerCookies reads the Cookie fields (RFC 6265 section 4.2.1). HTTP/2 may
// split them (RFC 9113 section 8.2.3).
func (r *Request) headerCookies() iter.Seq[Param] {
	return func(yield func(Param) bool) {
		for _, f := range r.Header.All("Cookie") {
			for part := range strings.SplitSeq(f.Value, ";") {
				name, value, found := strings.Cut(part, "=")
				name, value = strings.TrimSpace(name), strings.TrimSpace(value)
				if !found {
					// A browser sends a cookie without a name as its value alone.
					name, value = "", name
				}
				if (name != "" || value != "") && !yield(Param{Name: name, Value: value}) {
					return
				}
			}
		}
	}
}

// ownCookies returns the recorder's list where it says something that the
// Cookie header does not.
func (r *Request) ownCookies() []Cookie {
	i := 0
	for p := range r.headerCookies() {
		if i == len(r.Cookies) || r.Cookies[i] != (Cookie{Name: p.Name, Value: p.Value}) {
			i = -1
			break
		}
		i++
	}
	if len(r.Cookies) == 0 || i == len(r.Cookies) {
		return nil
	}
	return r.Cookies
}

// listedCookies lists the cookies of the header.
func (r *Request) listedCookies() []Cookie {
	var list []Cookie
	for p := range r.headerCookies() {
		list = append(list, Cookie{Name: p.Name, Value: p.Value})
	}
	return list
}

// ownCookies returns the recorder's list where it differs from the Set-Cookie
// headers.
func (r *Response) ownCookies() []Cookie {
	if len(r.Cookies) == 0 || slices.EqualFunc(r.Cookies, r.headerCookies(), sameCookie) {
		return nil
	}
	return r.Cookies
}

func sameCookie(c, d Cookie) bool {
	if c.Expires != d.Expires {
		// Recorders write the date in the layout of HAR.
		x, _, okX := parseTime(c.Expires)
		y, _, okY := parseCookieDate(d.Expires)
		if !okX || !okY || x.Unix() != y.Unix() {
			return false
		}
	}
	c.Expires, d.Expires = "", ""
	if strings.EqualFold(c.SameSite, d.SameSite) {
		c.SameSite, d.SameSite = "", ""
	}
	return c == d
}

// listedCookies lists the cookies of the headers, with dates as HAR has them.
func (r *Response) listedCookies() []Cookie {
	list := r.headerCookies()
	for i, c := range list {
		if t, _, ok := parseCookieDate(c.Expires); ok {
			list[i].Expires = t.UTC().Format(time.RFC3339)
		}
	}
	return list
}

// headerCookies reads the Set-Cookie fields as far as HAR lists them.
func (r *Response) headerCookies() []Cookie {
	var list []Cookie
	for _, f := range r.Header.All("Set-Cookie") {
		list = append(list, parseSetCookie(f.Value))
	}
	return list
}

// parseSetCookie splits a field value (RFC 6265 section 5.2); it judges none
// of its parts.
func parseSetCookie(field string) Cookie {
	pair, attributes, _ := strings.Cut(field, ";")
	name, value, found := strings.Cut(pair, "=")
	if !found {
		name, value = "", name
	}
	c := Cookie{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)}
	for attribute := range strings.SplitSeq(attributes, ";") {
		name, value, _ := strings.Cut(attribute, "=")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "path":
			c.Path = value
		case "domain":
			c.Domain = value
		case "expires":
			c.Expires = value
		case "samesite":
			c.SameSite = value
		case "httponly":
			c.HTTPOnly = true
		case "secure":
			c.Secure = true
		}
	}
	return c
}
