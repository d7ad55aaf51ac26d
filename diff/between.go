package diff

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/tree"
)

// Between returns what changed from ok to bad. There are no options: what does
// not matter is marked later, by [Judge].
func Between(ok, bad *traffic.Exchange) []Edit {
	edits := betweenMessages(nil, ok, bad)
	if ok.Recorded != bad.Recorded {
		edits = betweenParts(edits, recorded, recordedParts(&ok.Recorded), recordedParts(&bad.Recorded))
	}
	if !ok.Unknown.Equal(bad.Unknown) {
		edits = betweenParts(edits, unknown, unknownParts(ok.Unknown), unknownParts(bad.Unknown))
	}
	return edits
}

// betweenMessages appends the edits of what was on the wire, and of the
// recorder's own view of it.
func betweenMessages(edits []Edit, ok, bad *traffic.Exchange) []Edit {
	edits = betweenRequests(edits, &ok.Request, &bad.Request)
	return betweenResponses(edits, ok.Response, bad.Response)
}

func betweenRequests(edits []Edit, ok, bad *traffic.Request) []Edit {
	if ok.Method != bad.Method || ok.URL != bad.URL || ok.Proto != bad.Proto {
		edits = betweenParts(edits, requestLine, requestLineParts(ok), requestLineParts(bad))
	}
	if !slices.Equal(ok.Header, bad.Header) {
		edits = betweenHeaders(edits, requestHeader, ok.Header, bad.Header)
	}
	edits = betweenBodies(edits, requestContent, requestSide(ok), requestSide(bad))
	if ok.Body.MediaType != bad.Body.MediaType || !slices.Equal(ok.Body.Params, bad.Body.Params) ||
		!slices.Equal(ok.Query, bad.Query) || !slices.Equal(ok.Cookies, bad.Cookies) || ok.Sizes != bad.Sizes {
		edits = betweenParts(edits, requestLists, requestListParts(ok), requestListParts(bad))
	}
	return edits
}

func betweenResponses(edits []Edit, ok, bad *traffic.Response) []Edit {
	switch {
	case ok == nil && bad == nil:
		return edits
	case bad == nil:
		return append(edits, Edit{Side: Response, Part: Answer, group: answer, Edit: tree.Edit{Op: Remove, Old: number(int64(ok.Status))}})
	case ok == nil:
		return append(edits, Edit{Side: Response, Part: Answer, group: answer, response: bad,
			Edit: tree.Edit{Op: Add, New: number(int64(bad.Status))}})
	}
	if ok.Status != bad.Status || ok.StatusText != bad.StatusText || ok.Proto != bad.Proto ||
		ok.Location != bad.Location || ok.Error != bad.Error {
		edits = betweenParts(edits, responseLine, responseLineParts(ok), responseLineParts(bad))
	}
	if !slices.Equal(ok.Header, bad.Header) {
		edits = betweenHeaders(edits, responseHeader, ok.Header, bad.Header)
	}
	edits = betweenBodies(edits, responseContent, responseSide(ok), responseSide(bad))
	if ok.Body.MediaType != bad.Body.MediaType || !slices.Equal(ok.Body.Params, bad.Body.Params) ||
		!slices.Equal(ok.Cookies, bad.Cookies) || ok.Sizes != bad.Sizes {
		edits = betweenParts(edits, responseLists, responseListParts(ok), responseListParts(bad))
	}
	return edits
}

// betweenHeaders compares two header sections. Most often the same fields
// stand in the same order, each once: then only those that changed are taken
// apart.
func betweenHeaders(edits []Edit, g group, ok, bad traffic.Header) []Edit {
	if !aligned(ok, bad) {
		return betweenParts(edits, g, headerParts(ok), headerParts(bad))
	}
	for i := range ok {
		if ok[i].Value == bad[i].Value {
			continue
		}
		for _, e := range tree.BetweenKids(headerKid(ok[i]), headerKid(bad[i]), i) {
			edits = append(edits, named(g, e))
		}
	}
	return edits
}

// aligned tells whether the fields of two sections have the same names in the
// same order, and those that changed have a name and stand there once.
func aligned(ok, bad traffic.Header) bool {
	if len(ok) != len(bad) {
		return false
	}
	for i := range ok {
		if ok[i].Name != bad[i].Name {
			return false
		}
	}
	for i := range ok {
		if ok[i].Value != bad[i].Value && (ok[i].Name == "" || repeatedField(ok, i) || strings.EqualFold(ok[i].Name, "set-cookie")) {
			return false
		}
	}
	return true
}

func repeatedField(h traffic.Header, i int) bool {
	for k := range h {
		if k != i && strings.EqualFold(h[k].Name, h[i].Name) {
			return true
		}
	}
	return false
}

func betweenParts(edits []Edit, g group, old, new tree.Parts) []Edit {
	found := tree.Between(old, new)
	edits = slices.Grow(edits, len(found))
	for _, e := range found {
		edits = append(edits, named(g, e))
	}
	return edits
}

// named gives an edit of a group the name that people know its place by.
func named(g group, e tree.Edit) Edit {
	out := Edit{Side: Request, Edit: e, group: g}
	if g >= answer {
		out.Side = Response
	}
	keys := e.Keys
	switch g {
	case requestLine, responseLine:
		nameLine(&out, keys)
	case requestHeader, responseHeader:
		nameHeader(&out, keys)
	case requestLists, responseLists:
		nameLists(&out, keys)
	case recorded, unknown:
		out.Side, out.Part = Recorder, Note
		out.Name, out.Sub = first(keys), below(keys, 1)
	}
	return out
}

func nameLine(e *Edit, keys []string) {
	e.Part = Part(first(keys)) // "method", "proto", "status", "reason", "location", "error": as the parts are called
	if e.Part == URL && len(keys) > 1 {
		e.Part, e.Name = Part(keys[1]), below(keys, 2)
	}
}

func nameHeader(e *Edit, keys []string) {
	key := first(keys)
	e.Part, e.Name, e.Sub = Header, bareKey(key), below(keys, 1)
	if cookie, ok := strings.CutPrefix(key, "set-cookie:"); ok {
		e.Part, e.Name = SetCookie, cookie
		return
	}
	if e.Name == "cookie" && len(keys) > 1 {
		e.Part, e.Name, e.Sub = Cookie, keys[1], below(keys, 2)
	}
}

func nameLists(e *Edit, keys []string) {
	switch first(keys) {
	case "type":
		e.Part = MediaType
	case "params":
		e.Part, e.Name, e.Sub = Body, at(keys, 1), at(keys, 2)
	case "query":
		e.Part, e.Name, e.Sub = Query, at(keys, 1), at(keys, 2)
	case "cookies":
		e.Part, e.Name, e.Sub = Cookie, at(keys, 1), at(keys, 2)
		if e.Side == Response {
			e.Part = SetCookie
		}
	default:
		e.Side, e.Part, e.Name = Recorder, Note, string(e.Side)+"-"+first(keys)
	}
}

// bareKey removes the ordinal that tells repeated fields apart.
func bareKey(key string) string {
	name, ordinal, ok := strings.Cut(key, "[")
	if digits, closed := strings.CutSuffix(ordinal, "]"); !ok || !closed || !allDigits(digits) {
		return key
	}
	return name
}

func first(keys []string) string { return at(keys, 0) }

func at(keys []string, i int) string {
	if i < len(keys) {
		return keys[i]
	}
	return ""
}

func below(keys []string, n int) string {
	if n >= len(keys) {
		return ""
	}
	return strings.Join(keys[n:], ".")
}
