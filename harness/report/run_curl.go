package report

import "strings"

// curlArguments splits a curl line of a report where a shell does: at spaces
// outside of quotes.
func curlArguments(line string) []string {
	var arguments []string
	start, quoted, ansiC := 0, false, false
	for i := 0; i < len(line); i++ {
		switch {
		case quoted && ansiC && line[i] == '\\':
			i++ // $'…' is the only form that has an escaped quote in it
		case line[i] == '\'':
			ansiC = !quoted && i > 0 && line[i-1] == '$'
			quoted = !quoted
		case line[i] == ' ' && !quoted:
			if i > start {
				arguments = append(arguments, line[start:i])
			}
			start = i + 1
		}
	}
	if start < len(line) {
		arguments = append(arguments, line[start:])
	}
	return arguments
}

// wrapCurl breaks a curl line between arguments, so that it can still be
// pasted: an option stays beside its value where both fit. The first line has
// room for first columns, the others for room. An argument is never broken.
func wrapCurl(line string, first, room int) []string {
	const more = " \\"
	var lines []string
	current, limit := "", first
	put := func(piece string) bool {
		switch {
		case current == "":
			current = piece
		case columns(current)+1+columns(piece)+len(more) <= limit:
			current += " " + piece
		default:
			return false
		}
		return true
	}
	next := func(piece string) {
		lines = append(lines, current+more)
		current, limit = piece, room
	}
	arguments := curlArguments(line)
	for i := 0; i < len(arguments); i++ {
		piece := arguments[i]
		if i+1 < len(arguments) && stayTogether(piece, arguments[i+1], room-len(more)) {
			i++
			piece += " " + arguments[i]
		}
		if !put(piece) {
			next(piece)
		}
	}
	return append(lines, current)
}

// stayTogether tells whether an option and its value stand in one line: where
// they fit it, or the value alone fits none.
func stayTogether(option, value string, room int) bool {
	if !strings.HasPrefix(option, "-") || strings.HasPrefix(value, "-") {
		return false
	}
	return columns(option)+1+columns(value) <= room || columns(value) > room
}

// maxCurl is how many lines a curl command takes under a difference that is
// not the first; --all shows longer ones.
const maxCurl = 3

// example names the exchange that shows a difference, with its curl line, or
// its URL where the line is long.
func (p page) example(indent int, where, url, curl string, whole bool) {
	space := strings.Repeat(" ", indent)
	room := p.width() - indent
	lines := wrapCurl(safe(curl), room-columns(where)-2, room-2)
	if curl == "" || !whole && (len(lines) > maxCurl || columns(curl) > maxCurl*room) {
		p.line(indent, plain(space+where+"  "), span{dim, cutMiddle(url, room-columns(where)-2)})
		if curl != "" {
			p.line(indent, plain(space), span{dim, "(--all shows its curl line)"})
		}
		return
	}
	for i, line := range lines {
		lead := space + "  "
		if i == 0 {
			lead = space + where + "  "
		}
		p.WriteString(lead + p.paint(dim, line) + "\n") // not folded: an argument is never broken
	}
}
