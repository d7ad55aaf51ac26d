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

// A judge knows what one needs to know of the other edits of a pair.
type judge struct {
	ok, bad *traffic.Exchange
	moved   map[movedCookie]directions
}

func newJudge(ok, bad *traffic.Exchange, edits []Edit) judge {
	return judge{ok, bad, movedCookies(edits)}
}

func (j judge) noise(e *Edit) Noise {
	switch n := noiseOf(e, j.bad.Recorded.Started.Time); {
	case n == noiseOrder && swapsNamesakes(j.ok, e):
		return ""
	case n != "":
		return n
	case len(j.moved) > 0 && j.moved[cookieOf(e)] == bothWays:
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
	case Reason:
		return noiseRedundant // the status
	case Path:
		return pathNoise(e.Old, e.New)
	case Header:
		return headerEditNoise(e)
	case Cookie, SetCookie:
		return cookieNoise(e.Name)
	case Query:
		if e.Name == "" && e.Op != Replace {
			return wholeQueryNoise(e.Old + e.New)
		}
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
	case e.Op == Layout && credentialsField(e):
		return "" // two spaces behind the scheme are a reason for a 401
	case e.Op == Layout && e.Part == Body && strings.HasPrefix(e.New, "--"):
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

// credentialsField tells the header fields that hold credentials.
func credentialsField(e *Edit) bool {
	return e.Part == Header && (e.Name == "authorization" || e.Name == "proxy-authorization")
}

func headerEditNoise(e *Edit) Noise {
	if strings.HasPrefix(e.Name, ":") && e.Name != ":authority" {
		return noiseRedundant // pseudo-headers repeat method, URL and status (RFC 9113 section 8.3)
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

// repeatsMessage tells whether an edit says what another one says, or nothing:
// it is in a recorder's own list of cookies or form fields although header or
// body say the same, it is the media type beside a Content-Type field, or the
// authority of the URL in a pseudo-header.
func repeatsMessage(e *Edit, ok, bad *traffic.Exchange) bool {
	switch {
	case e.Part == MediaType && e.Side == Request:
		return ok.Request.Header.Has("content-type") || bad.Request.Header.Has("content-type")
	case e.Part == MediaType:
		return true // the recorder takes it from the Content-Type field
	case e.Part == Header && e.Name == ":authority":
		return (e.Op == Add || e.Old == authority(ok)) && (e.Op == Remove || e.New == authority(bad))
	case e.group == requestLists && e.Part == Cookie:
		return ok.Request.Header.Has("cookie") || bad.Request.Header.Has("cookie")
	case e.group == requestLists && e.Part == Body:
		return ok.Request.Body.Present() && bad.Request.Body.Present()
	case e.group == responseLists && e.Part == SetCookie:
		return ok.Response.Header.Has("set-cookie") || bad.Response.Header.Has("set-cookie")
	}
	return false
}

// authority is host and port of the request's URL.
func authority(x *traffic.Exchange) string {
	_, rest, _ := strings.Cut(x.Request.URL, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest[strings.LastIndexByte(rest, '@')+1:]
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
