package shown

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// Name is the name in an edit as it may be shown: a query without "=" and a
// member of a JSON object can be a secret too.
func (d Door) Name(e diff.Edit) string {
	if e.Part == diff.Query || e.Part == diff.Body && !strings.HasPrefix(e.Name, "/") {
		return d.Query("", e.Name)
	}
	return mask.Visible(d.Text(e.Name))
}

// Path is [diff.Edit.Path] as it may be shown.
func (d Door) Path(e diff.Edit) string {
	e.Name, e.Sub = d.Name(e), d.Text(e.Sub)
	return mask.Visible(e.Path())
}

// Place names an edit within its section.
func (d Door) Place(e diff.Edit) string {
	name := d.Name(e)
	switch e.Part {
	case diff.Header, diff.Cookie, diff.Query, diff.Note:
	case diff.Path:
		name = "segment " + name
	case diff.Body:
		if isLine(name) {
			name = "line " + name
		}
		if e.Side == diff.Response {
			name = "body " + name
		}
	default:
		name = string(e.Part) + " " + name
	}
	if e.Sub != "" {
		name += " " + mask.Visible(d.Text(strings.TrimPrefix(e.Sub, "credentials.")))
	}
	if e.Op == diff.Layout && e.Part == diff.Header {
		name += " separator"
	}
	return strings.TrimSpace(name)
}
