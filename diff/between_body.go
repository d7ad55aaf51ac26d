package diff

import (
	"mime"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/tree"
)

// Bodies above these lengths in bytes are compared as a whole, and shown by
// their beginning.
const (
	structuredBody = 1 << 20
	bodyExcerpt    = 1 << 10
)

// Bodies that differ in more places have another content: nobody reads that
// many edits, and they cost more than the bodies.
const (
	maxRequestBodyEdits  = 1000
	maxResponseBodyEdits = 60
)

// A content is a body with the media type that says how to read it.
type content struct {
	body      *traffic.Body
	mediaType string
}

func requestSide(r *traffic.Request) content {
	return content{&r.Body, contentType(r.Body, r.Header)}
}

func responseSide(r *traffic.Response) content {
	return content{&r.Body, contentType(r.Body, r.Header)}
}

func contentType(b traffic.Body, h traffic.Header) string {
	if b.MediaType != "" {
		return b.MediaType
	}
	return h.Get("content-type")
}

// betweenBodies compares two bodies: taken apart where both are of one syntax,
// as a whole elsewhere.
func betweenBodies(edits []Edit, g group, ok, bad content) []Edit {
	if ok.body.Equal(*bad.body) {
		return edits
	}
	p, okOK := contentParts(ok)
	q, okBad := contentParts(bad)
	if okOK && okBad && sameSyntax(ok.mediaType, bad.mediaType, p) {
		found, few := tree.BetweenUpTo(p, q, mostEdits(g))
		if few && len(found) > 0 && !(len(found) == 1 && len(found[0].Keys) == 1 && found[0].Op == Replace) {
			for _, e := range found {
				edits = append(edits, namedContent(g, e, p.Kids[0].Codec))
			}
			return edits
		}
	}
	return append(edits, wholeBody(g+1, ok, bad))
}

func mostEdits(g group) int {
	if g > answer {
		return maxResponseBodyEdits
	}
	return maxRequestBodyEdits
}

// sameSyntax tells whether comparing two texts line by line makes sense: a
// table and an error page have no line in common. JSON is known by its looks.
func sameSyntax(ok, bad string, p tree.Parts) bool {
	if _, lines := p.Kids[0].Codec.(tree.Lines); !lines {
		return true
	}
	return essence(ok) == essence(bad)
}

// wholeBody is the edit for bodies that have no common syntax.
func wholeBody(g group, ok, bad content) Edit {
	e := Edit{Side: Request, Part: Body, group: g, body: bad.body}
	if g > answer {
		e.Side = Response
	}
	e.Edit = tree.Edit{Op: Replace, Old: excerpt(ok.body), New: excerpt(bad.body)}
	switch {
	case !ok.body.Present():
		e.Op = Add
	case !bad.body.Present():
		e.Op = Remove
	}
	return e
}

// excerpt is the beginning of a body, or its length where it is no text.
func excerpt(b *traffic.Body) string {
	if !b.Present() {
		return ""
	}
	text, err := b.Text(0)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	if !isText(text) {
		return "(" + strconv.Itoa(len(text)) + " bytes that are no text)"
	}
	if len(text) > bodyExcerpt {
		text = text[:bodyExcerpt]
		for len(text) > 0 && !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
	}
	return strings.Clone(text)
}

func isText(content string) bool {
	return utf8.ValidString(content) && strings.IndexByte(content, 0) < 0
}

// contentParts takes a body apart by its media type, and by its looks where
// the media type says nothing.
func contentParts(c content) (tree.Parts, bool) {
	if !c.body.Present() {
		return tree.Parts{}, false
	}
	text, err := c.body.Text(structuredBody)
	if err != nil || !isText(text) && !strings.HasPrefix(c.mediaType, "multipart/") {
		return tree.Parts{}, false
	}
	return tree.Parts{Mode: tree.Record, Kids: []tree.Kid{{Key: "content", Text: text, Codec: contentCodec(c.mediaType, text)}}}, true
}

func contentCodec(mediaType, text string) tree.Codec {
	kind := essence(mediaType)
	start := strings.TrimLeft(text, " \t\r\n")
	switch {
	case strings.HasPrefix(kind, "multipart/"):
		return tree.Multipart{}
	case kind == "application/x-www-form-urlencoded":
		return tree.Form{}
	case strings.HasPrefix(start, "{") || strings.HasPrefix(start, "["):
		if tree.ValidJSON(text) {
			return tree.JSON{Checked: true}
		}
	}
	return tree.Lines{}
}

// essence is a media type without its parameters, in lower case.
func essence(mediaType string) string {
	if !strings.Contains(mediaType, ";") {
		return strings.ToLower(strings.TrimSpace(mediaType))
	}
	kind, _, err := mime.ParseMediaType(mediaType)
	if err != nil {
		kind, _, _ = strings.Cut(mediaType, ";")
		kind = strings.ToLower(strings.TrimSpace(kind))
	}
	return kind
}

// namedContent names an edit in a body: by JSON Pointer, by field, by line.
// Values are copied: they must not keep the whole body alive.
func namedContent(g group, e tree.Edit, codec tree.Codec) Edit {
	e.Old, e.New, e.Label = strings.Clone(e.Old), strings.Clone(e.New), strings.Clone(e.Label)
	out := Edit{Side: Request, Part: Body, group: g}
	if g > answer {
		out.Side = Response
	}
	keys := e.Keys[1:]
	switch codec.(type) {
	case tree.JSON:
		out.Name = pointer(keys)
	case tree.Lines:
		if n, err := strconv.Atoi(first(keys)); err == nil {
			out.Name = strconv.Itoa(n + 1)
		}
	default:
		out.Name, out.Sub = strings.Clone(first(keys)), strings.Clone(below(keys, 1))
	}
	e.Keys = nil // Name says the same, and they keep the body alive
	out.Edit = e
	return out
}

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

// pointer writes keys as JSON Pointer (RFC 6901 section 3).
func pointer(keys []string) string {
	var b strings.Builder
	for _, key := range keys {
		b.WriteString("/" + escapePointer.Replace(key))
	}
	return b.String()
}
