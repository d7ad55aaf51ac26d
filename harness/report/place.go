package report

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// name is the name in an edit as it may be shown: a query without "=" and a
// member of a JSON object can be a secret too.
func (d door) name(e diff.Edit) string {
	if e.Part == diff.Query || e.Part == diff.Body && !strings.HasPrefix(e.Name, "/") {
		return d.Query("", e.Name)
	}
	return mask.Visible(d.Text(e.Name))
}

// path is [diff.Edit.Path] as it may be shown.
func (d door) path(e diff.Edit) string {
	e.Name, e.Sub = d.name(e), d.Text(e.Sub)
	return mask.Visible(e.Path())
}

// place names an edit within its section.
func (d door) place(e diff.Edit) string {
	name := d.name(e)
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
