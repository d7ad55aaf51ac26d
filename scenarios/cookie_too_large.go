package scenarios

import (
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func cookieTooLarge() *Cause {
	return &Cause{
		ID:    "cookie-too-large",
		Kind:  Mechanism,
		Group: Sessions,
		Means: "The Cookie header is larger than the server takes, or one cookie is larger than a browser keeps.",
		Looks: "431, or 400 and its kin with words about the size of headers, on a request with several kilobytes of cookies; " +
			"or a Set-Cookie of more than 4096 bytes that is never sent back.",
		Unlike: []Unlike{
			{"malformed-authorization", "there the header is broken, not large; a large token gives the same 431, so compare their lengths"},
			{"waf-blocked", "there the answer is a block page and size is not its point"},
			{"stale-cookie", "there one leftover cookie is wrong, not all of them too much"},
		},
		Advice: []Advice{
			{App, "Keep the session's data on the server, and one short id in the cookie.", ""},
			{Client, "Delete the cookies of the site.", ""},
			{App, "Node: raise the limit.", "node --max-http-header-size=32768 server.js"},
			{Nginx, "Raise the limit.", "large_client_header_buffers 8 16k;"},
			{Apache, "Raise the limit.", "LimitRequestFieldSize 16380"},
			{HAProxy, "Raise the limit.", "tune.bufsize 32768"},
			{Envoy, "Raise the limit.", "max_request_headers_kb: 96"},
		},
		Refs:     []string{"RFC 6585 section 5", "RFC 6265bis sections 5.7 step 4 and 6.1"},
		Prior:    -0.5,
		Explains: []string{"session-cookie-missing", "missing-credentials", "auth-loop"},
		Detect:   detectCookieTooLarge,
		Inject:   injectCookieTooLarge,
		Parameters: []Parameter{
			{Name: "bytes", Type: TypeNumber, Default: "16384", Max: 1048576, Doc: "the length of the cookie"},
		},
		Enforced: ByClient,
		Expect:   oneOf(expect.Lenient, 400, 413, 414, 431, 494),
	}
}

const (
	largeCookies = 4 << 10 // bytes from which a server may refuse: the smallest limit met in the field is 4 KiB
	hugeCookies  = 8 << 10 // bytes that the defaults of nginx, Apache, Tomcat and Jetty refuse
)

func detectCookieTooLarge(v *View) []Evidence {
	if v.Failed.Response == nil {
		return nil
	}
	list := v.ruleEvidence("cookie-too-large")
	size, before := cookieLength(&v.Failed.Request), 0
	if v.Good != nil {
		before = cookieLength(&v.Good.Request)
	}
	status := v.status()
	refusal := status == 400 || status == 413 || status == 414 || status == 431 || status == 494
	if !refusal || size < largeCookies {
		return list
	}
	hit, says := v.Says("cookie-too-large")
	switch {
	case status == 431 || status == 494:
		list = append(list, v.observed(Decisive, FromStatus, seen(diff.Response, diff.Status, "", fmt.Sprint(status)), "the server finds the headers of the request too large"))
	case says:
		list = append(list, v.observed(Decisive, hit.Source, hit.At, "the server speaks of the size of headers"))
	case size < hugeCookies || v.Good == nil:
		return list
	}
	if says && status == 431 {
		list = append(list, v.observed(Strong, hit.Source, hit.At, "the server speaks of the size of headers"))
	}
	list = append(list, v.largeCookies(size, before)...)
	if other := largestField(&v.Failed.Request); other > size {
		list = append(list, v.against(Against, FromRequest, "another header of the request is larger than all cookies together"))
	}
	if v.Good != nil && before >= size {
		list = append(list, v.against(Against, FromRequest, "the working request carries as many bytes of cookies"))
	}
	return list
}

// largeCookies points at the cookies that are large, those that grew first.
func (v *View) largeCookies(size, before int) []Evidence {
	strength, note := Strong, "its cookies have several kilobytes"
	if v.Good != nil && size > before+before/4 {
		strength, note = Decisive, "its cookies have several kilobytes, far more than those of the working request"
	}
	var list []Evidence
	for _, c := range v.Failed.Request.CookiePairs() {
		was := 0
		if v.Good != nil {
			for _, value := range v.cookieValues(&v.Good.Request, c.Name) {
				was = max(was, len(value))
			}
		}
		if len(c.Value) > was+256 && len(list) < maxSuspects {
			list = append(list, v.observed(Weak, FromRequest, v.cookieEdit(c.Name, c.Value), "the cookie is large"))
		}
	}
	if len(list) == 0 {
		return []Evidence{v.observed(strength, FromRequest, seen(diff.Request, diff.Header, "cookie", ""), note)}
	}
	list[0].Strength, list[0].Note = strength, note
	return list
}

// cookieLength is the length of all Cookie fields in bytes.
func cookieLength(r *traffic.Request) int {
	n := 0
	for _, f := range r.Header.All("cookie") {
		n += len(f.Value)
	}
	if n == 0 {
		for _, c := range r.Cookies {
			n += len(c.Name) + len(c.Value) + len("=; ")
		}
	}
	return n
}

// largestField is the length in bytes of the largest other header field.
func largestField(r *traffic.Request) int {
	n := 0
	for _, f := range r.Header {
		if !strings.EqualFold(f.Name, "cookie") {
			n = max(n, len(f.Value))
		}
	}
	return n
}

// injectCookieTooLarge fills the Cookie header beyond what servers take.
func injectCookieTooLarge(in *Injection) error {
	pairs := in.Request().CookiePairs()
	if len(pairs) == 0 {
		return fmt.Errorf("%w: the request carries no cookies that could grow", ErrCannotInject)
	}
	var cookies []string
	for _, c := range pairs {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	cookies = append(cookies, in.word()+"_state="+in.letters(in.number("bytes", 16<<10)))
	in.Request().Cookies = nil
	SetHeader(&in.Request().Header, "Cookie", strings.Join(cookies, "; "))
	in.Refuse(Refusal{Status: 431, Description: "Request header fields too large"})
	return nil
}
