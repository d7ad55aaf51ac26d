package report

// A Terminal says how a text is laid out. The zero value is plain text, 80
// columns wide.
type Terminal struct {
	Color bool
	Width int // columns; 0: 80, less than 40: 40
}

// The colours by meaning (ECMA-48, select graphic rendition).
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (t Terminal) paint(code, text string) string {
	if !t.Color || code == "" || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (t Terminal) width() int {
	if t.Width <= 0 {
		return 80
	}
	return max(t.Width, 40)
}
