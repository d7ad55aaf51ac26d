package credential

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// A Redaction is a credential that a capture no longer holds.
type Redaction struct {
	Entry int
	Path  string // as diff.Edit.Path: "request.header.authorization"
	Mark  Mark   // what stands there

	placeholder string // of this program
}

// Redactions are what was taken out of a capture.
type Redactions struct {
	List     []Redaction // by entry
	Stripped string      // why the capture as a whole is taken to have lost its credentials, "": it is not
	Entry    int         // the exchange that shows it, where Stripped is set
	Give     string      // what to give instead: a clause that names flags

	// Doubt is why credentials may be missing where nothing shows that there
	// were any: no reason to refuse the capture, but the first suspicion if it
	// is answered 401. "" where there is none.
	Doubt string
}

// Redacted finds credentials that were painted over or taken out, so that
// the capture can't be replayed without new ones.
//
// What the capture itself hands out in an earlier answer is none of them, for
// its live value is put there: a cookie that is set, a placeholder that an
// answer holds. Neither is what a client with a bug sent and a server refused:
// an empty Authorization, a variable that was never filled in.
func Redacted(c *traffic.Capture) Redactions {
	f := finder{keyed: map[string]bool{}, set: map[string]bool{}, held: map[string]int{}}
	for _, x := range c.Exchanges {
		f.exchange(x)
	}
	f.withoutHandedOut(c)
	r := Redactions{List: f.list}
	if len(r.List) == 0 {
		r.Entry, r.Stripped, r.Doubt = stripped(c)
	}
	if !r.None() {
		r.Give = r.give()
	}
	return r
}

// None tells whether nothing was found. A Doubt is nothing.
func (r Redactions) None() bool { return len(r.List) == 0 && r.Stripped == "" }

// A finder walks the exchanges in order.
type finder struct {
	list  []Redaction
	held  map[string]int  // placeholders that requests held, and the entry of the first
	set   map[string]bool // names of cookies that answers set so far
	keyed map[string]bool // names of fields that were judged: they hold a key
}

func (f *finder) exchange(x *traffic.Exchange) {
	refused := x.Response != nil && slices.Contains([]int{400, 401, 403, 407, 419, 440}, x.Response.Status)
	f.fields(x, refused)
	f.cookies(x, refused)
	f.parameters(x, refused)
	if x.Response == nil {
		return
	}
	for _, line := range x.Response.Header.Values("set-cookie") {
		name, _, _ := strings.Cut(line, "=")
		f.set[strings.TrimSpace(name)] = true
	}
	for _, c := range x.Response.Cookies {
		f.set[c.Name] = true
	}
}

// judge notes a value that is a mark.
func (f *finder) judge(x *traffic.Exchange, part diff.Part, name, value string, refused bool) {
	mark := markOf(value)
	if mark == NoMark || !mark.certain() && refused {
		return
	}
	one := Redaction{Entry: x.Index, Path: diff.Edit{Side: diff.Request, Part: part, Name: name}.Path(), Mark: mark}
	if mark == Placeholder {
		one.placeholder = withoutNote(placeholder.FindString(value))
		if _, known := f.held[one.placeholder]; !known {
			f.held[one.placeholder] = x.Index
		}
	}
	f.list = append(f.list, one)
}

// withoutNote is a placeholder without what it says of its encoding.
func withoutNote(p string) string {
	p, _, _ = strings.Cut(strings.TrimSuffix(p, "›"), ",")
	return p
}

// withoutHandedOut takes those out whose placeholder stands in an answer before
// the first request with it. Answers are read only where there is one to look
// for.
func (f *finder) withoutHandedOut(c *traffic.Capture) {
	if len(f.held) == 0 {
		return
	}
	given := map[string]bool{}
	hear := func(entry int, text string) {
		for _, p := range placeholder.FindAllString(text, -1) {
			p = withoutNote(p)
			if first, held := f.held[p]; held && entry < first {
				given[p] = true
			}
		}
	}
	for _, x := range c.Exchanges {
		if x.Response == nil {
			continue
		}
		for _, field := range x.Response.Header {
			hear(x.Index, field.Value)
		}
		if body := x.Response.Body; body.Present() && body.MaxLen() <= maxAnswer {
			if content, err := body.Bytes(maxAnswer); err == nil {
				hear(x.Index, string(content))
			}
		}
	}
	f.list = slices.DeleteFunc(f.list, func(r Redaction) bool { return given[r.placeholder] })
}

// fields looks at the header. A field that says nothing but a scheme is empty.
func (f *finder) fields(x *traffic.Exchange, refused bool) {
	for _, field := range x.Request.Header {
		name := strings.ToLower(field.Name)
		value := strings.TrimSpace(field.Value)
		switch {
		case name == "authorization":
			scheme, rest, ok := strings.Cut(value, " ")
			switch {
			case ok && markOf(value) == NoMark:
				value = rest
			case isScheme(scheme) && !ok:
				value = ""
			}
			if strings.EqualFold(scheme, "negotiate") || strings.EqualFold(scheme, "ntlm") {
				continue // bound to a connection: there is nothing to give
			}
			f.judge(x, diff.Header, name, value, refused)
		case f.holdsKey(field.Name) && value != "":
			f.judge(x, diff.Header, name, value, refused)
		}
	}
}

// holdsKey asks what scenarios knows of fields that hold a key.
func (f *finder) holdsKey(name string) bool {
	holds, known := f.keyed[name]
	if !known {
		r := traffic.Request{Header: traffic.Header{{Name: name, Value: "value"}}}
		holds = slices.ContainsFunc(credentialsOf(&r), func(c scenarios.Credential) bool {
			return c.Part == diff.Header && (c.Kind == scenarios.APIKey || c.Kind == scenarios.Proof)
		})
		f.keyed[name] = holds
	}
	return holds
}

func (f *finder) cookies(x *traffic.Exchange, refused bool) {
	for _, field := range x.Request.Header.All("cookie") {
		if mark := markOf(field.Value); mark.certain() && !strings.Contains(field.Value, "=") {
			if len(f.set) == 0 {
				f.judge(x, diff.Header, "cookie", field.Value, refused)
			}
			return
		}
	}
	for _, c := range x.Request.CookiePairs() {
		mark := markOf(c.Value)
		switch {
		case f.set[c.Name], mark == Empty, mark == NoMark, mark == CutOff:
		case (mark == Variable || mark == Painted && isWord(c.Value)) && !isSession(c):
		default:
			f.judge(x, diff.Cookie, c.Name, c.Value, refused)
		}
	}
}

// isWord tells words of every day, which cookies of pages hold: banner=hidden.
func isWord(value string) bool {
	return value != strings.ToUpper(value) && !strings.ContainsAny(value, "[<({")
}

// isSession asks what scenarios knows of cookies that hold a session.
func isSession(c traffic.Param) bool {
	r := traffic.Request{Header: traffic.Header{{Name: "Cookie", Value: c.Name + "=" + c.Value}}}
	return slices.ContainsFunc(credentialsOf(&r), provesWho)
}

// parameters looks at keys in the query and at logins in the body.
func (f *finder) parameters(x *traffic.Exchange, refused bool) {
	if !strings.Contains(x.Request.URL, "?") && !x.Request.Body.Present() && len(x.Request.Body.Params) == 0 {
		return
	}
	for _, c := range credentialsOf(&x.Request) {
		if c.Part == diff.Query && (c.Kind == scenarios.APIKey || c.Kind == scenarios.RequestSignature) {
			f.judge(x, diff.Query, c.Name, c.Value, refused)
		}
	}
	for _, field := range bodyFields(&x.Request) {
		name := field.Name
		if isSecretField(name[strings.LastIndexByte(name, '/')+1:]) && field.Value != "" && markOf(field.Value) != CutOff {
			f.judge(x, diff.Body, name, field.Value, refused)
		}
	}
}

// isSecretField knows fields of logins and grants (RFC 6749, RFC 7521) in a body.
func isSecretField(name string) bool {
	lower := strings.ToLower(name)
	switch lower {
	case "client_secret", "clientsecret", "refresh_token", "refreshtoken", "assertion", "client_assertion", "api_key", "apikey":
		return true
	}
	for _, word := range []string{"password", "passwd", "passphrase", "pwd"} {
		if strings.HasPrefix(lower, word) || strings.HasSuffix(lower, word) {
			return true
		}
	}
	return lower == "pw" || lower == "pass"
}
