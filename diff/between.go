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
	return appendBetween(nil, ok, bad)
}

func appendBetween(edits []Edit, ok, bad *traffic.Exchange) []Edit {
	edits = betweenRequests(edits, &ok.Request, &bad.Request)
	edits = betweenResponses(edits, ok.Response, bad.Response)
	if ok.Recorded != bad.Recorded {
		edits = betweenParts(edits, recorded, recordedParts(&ok.Recorded), recordedParts(&bad.Recorded))
	}
	if !ok.Unknown.Equal(bad.Unknown) {
		edits = betweenParts(edits, unknown, unknownParts(ok.Unknown), unknownParts(bad.Unknown))
	}
	return edits
}

func betweenRequests(edits []Edit, ok, bad *traffic.Request) []Edit {
	if ok.Method != bad.Method || ok.URL != bad.URL || ok.Proto != bad.Proto {
		edits = betweenParts(edits, requestLine, requestLineParts(ok), requestLineParts(bad))
	}
	if !slices.Equal(ok.Header, bad.Header) {
		edits = betweenParts(edits, requestHeader, headerParts(ok.Header), headerParts(bad.Header))
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
		edits = betweenParts(edits, responseHeader, headerParts(ok.Header), headerParts(bad.Header))
	}
	edits = betweenBodies(edits, responseContent, responseSide(ok), responseSide(bad))
	if ok.Body.MediaType != bad.Body.MediaType || !slices.Equal(ok.Body.Params, bad.Body.Params) ||
		!slices.Equal(ok.Cookies, bad.Cookies) || ok.Sizes != bad.Sizes {
		edits = betweenParts(edits, responseLists, responseListParts(ok), responseListParts(bad))
	}
	return edits
}

func betweenParts(edits []Edit, g group, old, new tree.Parts) []Edit {
	for _, e := range tree.Between(old, new) {
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
