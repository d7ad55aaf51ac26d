package through

import (
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/harness/results"
)

// answerAlterations is what became of the answer on its way back.
func (x *passage) answerAlterations() []alteration {
	if x.gave.Response.Status != x.came.Response.Status {
		return []alteration{x.statusChange()} // another answer: what else differs follows from that
	}
	edits := diff.Between(x.gave, x.came)
	var list []alteration
	var body bool
	for _, e := range edits {
		switch e.Part {
		case diff.SetCookie:
			list = append(list, x.setCookieChange(e))
		case diff.Body, diff.MediaType:
			body = true
		}
	}
	if body && !x.gave.Response.Body.Equal(x.came.Response.Body) {
		list = append(list, x.answerBodyChange())
	}
	return append(list, x.answerFields(edits)...)
}

func (x *passage) answerBodyChange() alteration {
	a := alteration{side: diff.Response, kind: results.BodyChanged, part: diff.Body}
	if x.cut {
		a.fault = cutFault()
		return a
	}
	if x.gave.Response.Body.Present() && !x.came.Response.Body.Present() {
		a.fault = &fault{cause: "proxy-rewrite", does: "answer's body dropped", says: "{who} drops the body of answers"}
	}
	return a
}

func (x *passage) statusChange() alteration {
	gave, came := strconv.Itoa(x.gave.Response.Status), strconv.Itoa(x.came.Response.Status)
	return alteration{side: diff.Response, kind: results.StatusChanged, part: diff.Status, old: &gave, new: &came,
		fault: statusFault(x.gave.Response, x.came.Response)}
}

// answerFields is what became of the fields of an answer.
func (x *passage) answerFields(edits []diff.Edit) []alteration {
	s := section{side: diff.Response, old: x.gave.Response.Header, new: x.came.Response.Header}
	names, spelt := changedNames(edits)
	var list []alteration
	for _, name := range names {
		if name == "content-length" || name == "set-cookie" {
			continue // follows from the body; told cookie by cookie
		}
		list = append(list, s.of(name))
	}
	for i := range list {
		x.judgeAnswerField(&list[i])
	}
	if len(spelt) > 0 {
		list = append(list, spellingChange(diff.Response))
	}
	return list
}

func (x *passage) judgeAnswerField(a *alteration) {
	switch why := ownOfAnswers(a.name, a.kind); {
	case a.expected != "":
	case strings.HasPrefix(a.name, "access-control-"):
		x.judgeCORS(a)
	case a.name == "www-authenticate" || a.name == "proxy-authenticate":
		if a.kind != results.Added {
			a.fault = challengeFault(a.kind)
		}
	case a.name == "location":
		x.judgeLocation(a)
	case a.name == "vary" && a.kind == results.Rewritten && strings.Contains(strings.ToLower(*a.new), strings.ToLower(*a.old)),
		a.name == "vary" && a.kind == results.Added:
		a.expected = "the proxy compresses, and says on what that depends"
	case a.name == "etag" && a.kind == results.Rewritten && weaklySame(*a.old, *a.new):
		a.expected = "the proxy compresses, so the tag is a weak one (RFC 9110 section 8.8.1)"
	default:
		a.expected = why
	}
}

// weaklySame is the weak comparison of RFC 9110 section 8.8.3.2; Apache and
// others mark the coding inside of the tag.
func weaklySame(a, b string) bool {
	bare := func(tag string) string {
		tag = strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
		for _, coding := range []string{"-gzip", "-br", "-zstd", ";br", ";gzip"} {
			tag = strings.TrimSuffix(tag, coding)
		}
		return tag
	}
	return bare(a) == bare(b)
}

// judgeCORS: a browser refuses a second value, and an origin that is gone. That a
// proxy says it for an app that does not is its good right.
func (x *passage) judgeCORS(a *alteration) {
	came := x.came.Response.Header.Values(a.name)
	switch single := a.name == "access-control-allow-origin" || a.name == "access-control-allow-credentials"; {
	case single && len(came) > 1 && a.old != nil:
		a.kind = results.Duplicated
		a.fault = corsFault("doubled", a.name)
	case a.kind == results.Dropped:
		a.fault = corsFault("dropped", a.name)
	case a.name == "access-control-allow-origin" && a.kind == results.Rewritten:
		a.fault = corsFault("rewritten", a.name)
	}
}

// judgeLocation: a redirect to the upstream's own name may be written anew; one
// that the app wrote as the public sees it may not.
func (x *passage) judgeLocation(a *alteration) {
	if a.old != nil && a.new != nil && sameTarget(*a.old, *a.new, x.request.Scheme, x.request.Host) {
		a.expected = "the same address, relative or absolute"
		return
	}
	if a.kind != results.Added {
		a.fault = locationFault(a.kind)
	}
}

// sameTarget tells whether two values of Location lead to the same place, seen
// from the request.
func sameTarget(a, b, scheme, host string) bool {
	absolute := func(s string) string {
		if strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") {
			return scheme + "://" + host + s
		}
		return s
	}
	return absolute(a) == absolute(b)
}

// setCookieChange is one cookie that an answer sets, or one attribute of it.
func (x *passage) setCookieChange(e diff.Edit) alteration {
	a := alteration{side: diff.Response, part: diff.SetCookie, name: e.Name, sub: e.Sub}
	switch e.Op {
	case diff.Add:
		a.kind, a.new = results.Added, &e.New
	case diff.Remove:
		a.kind, a.old = results.Dropped, &e.Old
	case diff.Replace:
		a.kind, a.old, a.new = results.Rewritten, &e.Old, &e.New
	default:
		a.kind, a.expected = results.SpeltAnew, "the same cookies in another order or spelling"
		return a
	}
	x.judgeSetCookie(&a)
	return a
}

// judgeSetCookie: a proxy may add cookies of its own, and make the app's stricter
// where that can work. What loses a cookie, or sends it elsewhere, breaks logins.
func (x *passage) judgeSetCookie(a *alteration) {
	attribute, _, _ := strings.Cut(a.sub, ".")
	added := a.kind == results.Added
	switch {
	case attribute == "" && added:
		a.expected = "a cookie of the proxy's own" // stickiness
	case attribute == "":
		a.fault = setCookieFault(string(a.kind), "")
	case attribute == "secure" && added && x.request.Scheme == "https":
		a.expected = "the proxy makes the cookie stricter, as it may over HTTPS"
	case attribute == "secure" && added:
		a.fault = setCookieFault("secure added", "secure")
	case attribute == "httponly" && added, attribute == "samesite" && added, attribute == "priority", attribute == "partitioned" && added:
		a.expected = "the proxy makes the cookie stricter"
	case attribute == "max-age" || attribute == "expires":
		// shorter or longer, but sent
	default:
		a.fault = setCookieFault(attribute+" "+string(a.kind), attribute)
	}
}
