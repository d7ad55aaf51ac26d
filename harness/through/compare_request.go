package through

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/harness/results"
)

// requestAlterations is what became of the request on its way.
func (x *passage) requestAlterations() []alteration {
	edits := diff.Between(x.sent, x.arrived)
	var list []alteration
	var path, query, body bool
	for _, e := range edits {
		switch e.Part {
		case diff.Method:
			list = append(list, x.methodChange())
		case diff.Path, diff.URL, diff.Fragment:
			path = true
		case diff.Query:
			query = true
		case diff.Body, diff.MediaType:
			body = true
		case diff.Cookie:
			list = append(list, cookieChange(e))
		}
	}
	if path {
		list = append(list, x.pathChange())
	}
	if query {
		list = append(list, queryChanges(edits)...)
	}
	if body && !bytes.Equal(x.request.Body, x.received.Body) {
		list = append(list, x.bodyChange())
	}
	return append(list, x.requestFields(edits)...)
}

// requestFields is what became of the fields.
func (x *passage) requestFields(edits []diff.Edit) []alteration {
	s := section{side: diff.Request, old: x.sent.Request.Header, new: x.arrived.Request.Header,
		nominated: nominatedBy(x.sent.Request.Header)}
	names, spelt := changedNames(edits)
	var list []alteration
	for _, name := range names {
		switch name {
		case "content-length":
			continue // follows from the body
		case "cookie":
			if s.new.Has("cookie") && s.old.Has("cookie") {
				continue // told cookie by cookie
			}
		}
		list = append(list, s.of(name))
	}
	list = renamed(list)
	for i := range list {
		x.judgeField(&list[i])
	}
	if a, ok := x.schemeUntold(); ok {
		list = append(list, a)
	}
	if len(spelt) > 0 {
		list = append(list, spellingChange(diff.Request))
	}
	return list
}

func spellingChange(side diff.Side) alteration {
	return alteration{side: side, kind: results.SpeltAnew, part: diff.Header, name: "field names, order",
		expected: "names of fields have no case, and their order means nothing (RFC 9110 sections 5.1 and 5.3)"}
}

func (x *passage) methodChange() alteration {
	a := alteration{side: diff.Request, kind: results.MethodChanged, part: diff.Method, old: &x.request.Method, new: &x.received.Method}
	if x.request.Method == "HEAD" && x.received.Method == "GET" {
		a.expected = "a cache asks for the whole to answer HEAD"
		return a
	}
	a.fault = methodFault(x.request.Method, x.received.Method)
	return a
}

// bodyChange is a body that came otherwise. Its values are not shown.
func (x *passage) bodyChange() alteration {
	a := alteration{side: diff.Request, kind: results.BodyChanged, part: diff.Body}
	if len(x.received.Body) == 0 && x.request.Method != x.received.Method {
		a.expected = "it follows from the method"
		return a
	}
	a.fault = bodyFault(len(x.received.Body) == 0)
	return a
}

// cookieChange is one cookie of a request.
func cookieChange(e diff.Edit) alteration {
	a := alteration{side: diff.Request, part: diff.Cookie, name: e.Name}
	switch e.Op {
	case diff.Add:
		a.kind, a.new = results.Added, &e.New
	case diff.Remove:
		a.kind, a.old = results.Dropped, &e.Old
		a.fault = cookieFault("dropped")
	case diff.Replace:
		a.kind, a.old, a.new = results.Rewritten, &e.Old, &e.New
		a.fault = cookieFault("rewritten")
	default:
		a.kind, a.expected = results.SpeltAnew, "the same cookies in another order or layout"
	}
	return a
}

// queryChanges tells what became of each parameter.
func queryChanges(edits []diff.Edit) []alteration {
	var list []alteration
	for _, e := range edits {
		if e.Part != diff.Query {
			continue
		}
		a := alteration{side: diff.Request, part: diff.Query, name: e.Name}
		switch e.Op {
		case diff.Add:
			a.kind, a.new = results.Added, &e.New
		case diff.Remove:
			a.kind, a.old, a.fault = results.Dropped, &e.Old, queryFault("dropped")
		case diff.Replace:
			a.old, a.new = &e.Old, &e.New
			if a.kind = results.Rewritten; sameDecoded(e.Old, e.New) {
				a.kind = results.Reencoded
			} else {
				a.fault = queryFault("rewritten")
			}
		case diff.Reorder:
			a.kind = results.SpeltAnew
		default:
			a.kind = results.Reencoded
		}
		list = append(list, a)
	}
	return list
}

// sameDecoded tells two spellings of one value of a form (URL Standard,
// application/x-www-form-urlencoded).
func sameDecoded(a, b string) bool {
	x, err1 := url.QueryUnescape(a)
	y, err2 := url.QueryUnescape(b)
	return err1 == nil && err2 == nil && x == y
}

// judgeField decides whether an alteration of a field is as it should be, and
// what it breaks.
func (x *passage) judgeField(a *alteration) {
	switch {
	case a.expected != "":
	case a.name == "host":
		x.judgeHost(a)
	case isForwarded(a.name):
		judgeForwarded(a)
	case a.kind == results.Added:
		a.expected = addedByProxies(a.name)
	case a.kind != results.Duplicated && proxysOwn(a.name) != "":
		a.expected = proxysOwn(a.name)
	case a.name == "cookie":
		if a.kind != results.Renamed {
			a.fault = cookieFault(string(a.kind))
		}
	case carriesAuthority(a.name):
		a.fault = fieldFault(a.name, a.kind)
	}
}

// judgeForwarded judges the fields by which proxies tell of the client: that they
// add to them, or write them anew, is what they are for.
func judgeForwarded(a *alteration) {
	switch {
	case a.kind == results.Added:
		a.expected = "the proxy tells of the client (RFC 7239)"
	case a.kind == results.Rewritten && strings.HasPrefix(*a.new, *a.old):
		a.expected = "the proxy adds what it knows to the list (RFC 7239 section 4)"
	case a.kind == results.Rewritten, a.kind == results.Duplicated:
		a.expected = "the proxy writes what it knows itself"
	default:
		a.fault = forwardedFault(a.name + " is dropped")
	}
}
