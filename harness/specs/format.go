package specs

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// Format shows live answers in messages of Gomega without their secrets. Gomega's
// Or prints the actual value whole, header, body and all, and so do its own
// matchers of HTTP. Values of package traffic and jars are safe already; for those of
// net/http register it once, where the suite begins:
//
//	var _ = format.RegisterCustomFormatter(specs.Format)
func Format(value any) (text string, handled bool) {
	var masker mask.Masker
	switch v := value.(type) {
	case *http.Response:
		if v == nil {
			return "", false
		}
		text = fmt.Sprintf("answer %d", v.StatusCode)
		if v.Request != nil {
			shown, _ := Format(v.Request)
			text += " to " + shown
		}
		return text + fields(&masker, v.Header), true
	case *httptest.ResponseRecorder:
		if v == nil {
			return "", false
		}
		return fmt.Sprintf("answer %d", v.Code) + fields(&masker, v.Header()), true
	case *http.Request:
		if v == nil || v.URL == nil {
			return "", false
		}
		return mask.Visible(v.Method) + " " + masker.URL(v.URL.String()), true
	case http.Header:
		return strings.TrimPrefix(fields(&masker, v), "\n"), true
	}
	return "", false
}

// fields are the lines of a header.
func fields(masker *mask.Masker, h http.Header) string {
	var lines []string
	for _, f := range traffic.HeaderOf(h) {
		lines = append(lines, mask.Visible(masker.Text(f.Name)+": "+masker.Header(f.Name, f.Value)))
	}
	return indented(lines)
}
