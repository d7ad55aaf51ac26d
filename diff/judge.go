package diff

import (
	"mime"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Change is an edit with the reason why it does not matter, if there is one.
type Change struct {
	Edit
	Noise Noise // "" where the edit matters
}

// Noise of edits that need no list of names to be known.
const (
	noiseRecorder  Noise = "recorder"     // never on the wire
	noiseSpelling  Noise = "spelling"     // case of a name, separators, formatting
	noiseOrder     Noise = "order"        // the same things in another order
	noiseMoved     Noise = "moved"        // removed here and added there
	noiseProtocol  Noise = "http version" // and what it alone changes
	noiseBoundary  Noise = "multipart boundary"
	noiseRedundant Noise = "said elsewhere" // by the URL, by a header
)

// Judge marks the edits between two exchanges that are noise. It drops none.
func Judge(ok, bad *traffic.Exchange, edits []Edit) []Change {
	j := newJudge(ok, bad, edits)
	changes := make([]Change, len(edits))
	for i := range edits {
		changes[i] = Change{Edit: edits[i], Noise: j.noise(&edits[i])}
	}
	return changes
}

// A judge knows what one needs to know of the other edits.
type judge struct {
	ok, bad *traffic.Exchange
	moved   map[movedThing]bool
}

func newJudge(ok, bad *traffic.Exchange, edits []Edit) judge {
	return judge{ok, bad, movedEdits(edits)}
}

func (j judge) noise(e *Edit) Noise {
	if n := noiseOf(e, j.bad.Recorded.Started.Time); n != "" {
		return n
	}
	switch {
	case len(j.moved) > 0 && j.moved[moveKey(e)]:
		return noiseMoved
	case repeatsMessage(e, j.ok, j.bad):
		return noiseRedundant
	}
	return ""
}

func noiseOf(e *Edit, when time.Time) Noise {
	if n := formNoise(e); n != "" {
		return n
	}
	switch e.Part {
	case Proto:
		return noiseProtocol
	case Reason, MediaType:
		return noiseRedundant // the status, the content type
	case Header:
		return headerEditNoise(e)
	case Cookie, SetCookie:
		return cookieNoise(e.Name)
	case Query:
		if n := queryNoise(e.Name, e.Old, e.New); n != "" || e.Op != Replace {
			return n
		}
		return sentNoise(e, valueNoise(e.Old, e.New, when))
	case Body:
		if e.WholeBody() || e.Op != Replace {
			return ""
		}
		return sentNoise(e, jsonFieldNoise(lastName(e.Name), unquote(e.Old), unquote(e.New), when))
	}
	return ""
}

// sentNoise keeps random values of a request: under a name that nobody knows,
// one of them is the key. A time is none.
func sentNoise(e *Edit, n Noise) Noise {
	if e.Side == Request && n == noiseVolatile {
		return ""
	}
	return n
}

// formNoise knows the edits that change how something is said, not what.
func formNoise(e *Edit) Noise {
	switch {
	case e.Side == Recorder:
		return noiseRecorder
	case e.Op == Layout && e.Part == Body && !strings.HasPrefix(e.Name, "/"):
		return noiseBoundary
	case e.Op == Layout:
		return noiseSpelling
	case e.Op == Reorder:
		return noiseOrder
	case e.Op == Respell && (e.Part == Header || e.Part == SetCookie || e.Part == Cookie):
		return noiseSpelling
	case e.Op == Respell && strings.HasPrefix(e.Name, "/"):
		return noiseSpelling // white space around a JSON name
	}
	return ""
}

func headerEditNoise(e *Edit) Noise {
	if strings.HasPrefix(e.Name, ":") {
		return noiseRedundant // pseudo-headers repeat method and URL (RFC 9113 section 8.3.1)
	}
	if e.Name == "content-type" && sameButBoundary(e.Old, e.New) {
		return noiseBoundary
	}
	return headerNoise(e.Side == Request, e.Name, e.Old, e.New)
}

func sameButBoundary(old, new string) bool {
	a, p, errOld := mime.ParseMediaType(old)
	b, q, errNew := mime.ParseMediaType(new)
	return errOld == nil && errNew == nil && a == b && p["boundary"] != "" && q["boundary"] != ""
}

// repeatsMessage tells whether an edit is in a recorder's own list of cookies
// or form fields although header or body say the same.
func repeatsMessage(e *Edit, ok, bad *traffic.Exchange) bool {
	switch {
	case e.group == requestLists && e.Part == Cookie:
		return ok.Request.Header.Has("cookie") || bad.Request.Header.Has("cookie")
	case e.group == requestLists && e.Part == Body:
		return ok.Request.Body.Present() && bad.Request.Body.Present()
	case e.group == responseLists && e.Part == SetCookie:
		return ok.Response.Header.Has("set-cookie") || bad.Response.Header.Has("set-cookie")
	}
	return false
}

// A movedThing is what can move: a header field, a cookie.
type movedThing struct {
	side        Side
	part        Part
	name, value string
}

func moveKey(e *Edit) movedThing {
	switch e.Op {
	case Add:
		return movedThing{e.Side, e.Part, bareKey(e.Name), e.New}
	case Remove:
		return movedThing{e.Side, e.Part, bareKey(e.Name), e.Old}
	}
	return movedThing{}
}

// movedEdits returns what is both removed and added, as a cookie is that
// HTTP/2 put into a Cookie field of its own (RFC 9113 section 8.2.3).
func movedEdits(edits []Edit) map[movedThing]bool {
	var seen map[movedThing]int
	for i := range edits {
		e := &edits[i]
		if e.Part != Header && e.Part != Cookie || e.Op != Add && e.Op != Remove {
			continue
		}
		if seen == nil {
			seen = map[movedThing]int{}
		}
		switch e.Op {
		case Add:
			seen[moveKey(e)] |= 1
		case Remove:
			seen[moveKey(e)] |= 2
		}
	}
	var moved map[movedThing]bool
	for key, sides := range seen {
		if sides == 3 {
			if moved == nil {
				moved = map[movedThing]bool{}
			}
			moved[key] = true
		}
	}
	return moved
}

// lastName is the last name of a JSON Pointer, or the name itself.
func lastName(name string) string {
	return name[strings.LastIndexByte(name, '/')+1:]
}

func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}
