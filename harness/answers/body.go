package answers

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/tree"
)

// Bodies that package diff compares as a whole, because they differ in too many
// places to be read, are taken apart here all the same: most of those places
// may be noise.
const (
	maxBody      = 1 << 20 // bytes of a body that is taken apart
	maxBodyEdits = 5000
	maxShown     = 60 // places of a body that anybody wants to read of
)

// refineBody replaces the change of a whole body: by what differs inside where
// both are of one syntax, by lengths and hashes where they are no text.
func (p *pair) refineBody(ok, bad *traffic.Exchange, changes []diff.Change) []diff.Change {
	at := slices.IndexFunc(changes, func(c diff.Change) bool { return c.Part == diff.Body && c.WholeBody() })
	if at < 0 || changes[at].Noise != "" {
		return changes
	}
	old, okOld := textOf(ok.Response)
	new, okNew := textOf(bad.Response)
	if !okOld || !okNew {
		changes[at].Old, changes[at].New = digest(ok.Response.Body), digest(bad.Response.Body)
		return changes
	}
	if changes[at].Op != diff.Replace || essence(ok.Response) != essence(bad.Response) {
		return changes
	}
	edits, few := insideBody(old, new)
	if !few {
		return changes
	}
	inside := p.judged(diff.Judge(ok, bad, edits))
	if mattering(inside) > maxShown {
		return changes // another page
	}
	return slices.Replace(changes, at, at+1, inside...)
}

func mattering(changes []diff.Change) int {
	n := 0
	for i := range changes {
		if changes[i].Noise == "" {
			n++
		}
	}
	return n
}

func essence(r *traffic.Response) string {
	kind, _, _ := strings.Cut(r.Body.MediaType, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// insideBody compares two texts of one syntax; false: they differ too much.
func insideBody(old, new string) ([]diff.Edit, bool) {
	var codec tree.Codec = tree.Lines{}
	object := isJSON(old)
	if object != isJSON(new) {
		return nil, false
	}
	if object {
		codec = tree.JSON{Checked: true}
	}
	p := tree.Parts{Mode: tree.Record, Kids: []tree.Kid{{Key: "content", Text: old, Codec: codec}}}
	q := tree.Parts{Mode: tree.Record, Kids: []tree.Kid{{Key: "content", Text: new, Codec: codec}}}
	found, few := tree.BetweenUpTo(p, q, maxBodyEdits)
	if !few || len(found) == 1 && len(found[0].Keys) <= 1 && found[0].Op == diff.Replace {
		return nil, false
	}
	edits := make([]diff.Edit, len(found))
	for i, e := range found {
		edits[i] = inBody(e, object)
	}
	return edits, true
}

// inBody names an edit in a body as package diff does.
func inBody(e tree.Edit, pointer bool) diff.Edit {
	out := diff.Edit{Side: diff.Response, Part: diff.Body}
	if len(e.Keys) > 1 {
		if keys := e.Keys[1:]; pointer {
			for _, key := range keys {
				out.Name += "/" + escapePointer.Replace(key)
			}
		} else if n, err := strconv.Atoi(keys[0]); err == nil {
			out.Name = strconv.Itoa(n + 1)
		}
	}
	e.Old, e.New = strings.Clone(e.Old), strings.Clone(e.New)
	out.Edit = e
	return out
}

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

func isJSON(text string) bool {
	start := strings.TrimLeft(text, " \t\r\n")
	return (strings.HasPrefix(start, "{") || strings.HasPrefix(start, "[")) && tree.ValidJSON(text)
}

// textOf returns a body that is a text. Recorders keep texts in UTF-8 whatever
// their charset was.
func textOf(r *traffic.Response) (string, bool) {
	if !r.Body.Present() || strings.HasPrefix(r.Body.MediaType, "multipart/") {
		return "", false
	}
	content, err := r.Body.Text(maxBody)
	if err != nil || strings.IndexByte(content, 0) >= 0 {
		return "", false
	}
	if utf8.ValidString(content) {
		return strings.TrimPrefix(content, "\ufeff"), true
	}
	if !strings.HasPrefix(r.Body.MediaType, "text/") {
		return "", false
	}
	reader, err := charset.NewReader(strings.NewReader(content), r.Body.MediaType)
	if err != nil {
		return "", false
	}
	text, err := io.ReadAll(reader)
	return string(text), err == nil
}

// digest is a body that nobody can read: its length and the beginning of its
// hash.
func digest(b traffic.Body) string {
	if !b.Present() {
		return ""
	}
	content, err := b.Bytes(0)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	sum := sha256.Sum256(content)
	return strconv.Itoa(len(content)) + " bytes, sha256 " + hex.EncodeToString(sum[:4])
}

func (p *pair) bodyNoise(c *diff.Change) diff.Noise {
	switch {
	case c.WholeBody() || c.Op != diff.Replace:
		return ""
	case strings.HasPrefix(c.Name, "/"):
		return p.jsonNoise(c)
	}
	return p.textNoise(c.Old, c.New)
}
