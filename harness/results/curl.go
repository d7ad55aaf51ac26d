package results

import (
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// CurlLine is the curl command that sends a request, for the Curl fields of a
// report: one line, safe to paste into a shell, secrets masked. It is "" where
// no curl can send the request. A nil masker masks too.
func CurlLine(r *traffic.Request, m *mask.Masker) string {
	if m == nil {
		m = &mask.Masker{}
	}
	line, err := traffic.CurlLine(r, m)
	if err != nil {
		return "" // its text is for the one who asked for curl lines
	}
	// What is not plain stands in quotes, so an escape stands there as well.
	return mask.Visible(line)
}
