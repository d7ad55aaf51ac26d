package diff

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/tree"
)

// A Side is the half of an exchange that an edit is in.
type Side string

// The sides. Recorder is what was never on the wire: times, sizes, page names.
const (
	Request  Side = "request"
	Response Side = "response"
	Recorder Side = "recorder"
)

// A Part is the kind of thing that an edit changes.
type Part string

// The parts of a message, and of what a recorder notes.
const (
	Method   Part = "method"
	URL      Part = "url" // one that does not come apart: relative, data:
	Scheme   Part = "scheme"
	Userinfo Part = "userinfo"
	Host     Part = "host"
	Port     Part = "port"
	Path     Part = "path"  // Name: index of the segment
	Query    Part = "query" // Name: the parameter
	Fragment Part = "fragment"
	Proto    Part = "proto"

	Header    Part = "header"     // Name: lower-case field name; Sub: below its value ("claims.exp")
	Cookie    Part = "cookie"     // Name: a cookie of the Cookie header
	SetCookie Part = "set-cookie" // Name: a cookie that is set; Sub: its attribute, "value" for the value

	Body      Part = "body" // Name: JSON Pointer, field, or line from 1
	MediaType Part = "type" // the media type beside the body

	Status   Part = "status"
	Reason   Part = "reason" // the text behind the status code
	Failure  Part = "error"  // the client's own error
	Answer   Part = "answer" // the response as a whole
	Location Part = "location"

	Note Part = "note" // Name: what the recorder noted
)

// The operations, as [tree.Op].
const (
	Add     = tree.Add
	Remove  = tree.Remove
	Replace = tree.Replace
	Respell = tree.Respell
	Layout  = tree.Layout
	Reorder = tree.Reorder
)

// An Edit is one difference between two exchanges, in the coordinates of the
// first. Old and New hold the values as captured: they are to be masked before
// they are shown.
type Edit struct {
	Side Side
	Part Part
	Name string
	Sub  string

	tree.Edit

	group    group
	body     *traffic.Body     // the new one, where it is replaced as a whole
	response *traffic.Response // the new one, where an exchange gets one
}

// Path names the place of the edit: "request.header.authorization.scheme",
// "request.cookie.sid", "request.body/items/0/id".
func (e Edit) Path() string {
	var b strings.Builder
	b.WriteString(string(e.Side) + "." + string(e.Part))
	if e.Name != "" {
		switch {
		case e.Part == Path:
			b.WriteString("[" + e.Name + "]")
		case e.Part == Body && strings.HasPrefix(e.Name, "/"):
			b.WriteString(e.Name)
		default:
			b.WriteString("." + e.Name)
		}
	}
	if e.Sub != "" {
		b.WriteString("." + e.Sub)
	}
	return b.String()
}

// WholeBody tells whether the edit adds, removes or replaces a body as a
// whole; Old and New then hold at most the first KiB of it.
func (e Edit) WholeBody() bool { return e.group == requestBody || e.group == responseBody }
