package correlate

import "strings"

// script walks the strings and numbers of JavaScript, or of JSON in it, by the
// names in front of them: `window.__DATA__ = {"user": {"csrf": "…"}}`,
// `csrfToken: '…'`, `setToken("…")`. It is no parser: what it takes for a name
// it takes for one in the live answer too.
func (w *walker) script(s *spot, text string) {
	scan := scriptScan{walker: w, source: text, at: []*spot{s}}
	for scan.pos < len(text) {
		scan.step()
	}
}

type scriptScan struct {
	*walker
	source string
	pos    int

	at   []*spot // what the open braces belong to
	name string  // the last word, or the last string
	owns bool    // a : = or ( stood behind it
}

const maxScriptNesting = 64

func (c *scriptScan) step() {
	switch b := c.source[c.pos]; {
	case b == '"' || b == '\'' || b == '`':
		c.quoted(b)
	case isLetter(b) || b == '_' || b == '$':
		c.name, c.owns = c.take(isWordByte), false
	case isDigit(b):
		if number := c.take(isNumberByte); c.owns {
			c.found(number)
		}
		c.name, c.owns = "", false
	case b == '/' && strings.HasPrefix(c.source[c.pos:], "/*"):
		c.skipTo("*/")
	case b == '/' && strings.HasPrefix(c.source[c.pos:], "//"):
		c.skipTo("\n")
	default:
		c.punctuation(b)
		c.pos++
	}
}

func (c *scriptScan) punctuation(b byte) {
	switch b {
	case ':', '=', '(':
		c.owns = c.name != ""
	case '{':
		c.open()
	case '}':
		if len(c.at) > 1 {
			c.at = c.at[:len(c.at)-1]
		}
		c.name, c.owns = "", false
	case ' ', '\t', '\r', '\n', '[':
	default:
		c.name, c.owns = "", false
	}
}

// open enters a brace; one without a name in front is of what is around it.
func (c *scriptScan) open() {
	up := c.at[len(c.at)-1]
	if len(c.at) < maxScriptNesting {
		if c.owns {
			up = up.child("/"+escapePointer(c.name), c.name)
		}
		c.at = append(c.at, up)
	}
	c.name, c.owns = "", false
}

func (c *scriptScan) take(belongs func(byte) bool) string {
	from := c.pos
	for c.pos < len(c.source) && belongs(c.source[c.pos]) {
		c.pos++
	}
	return c.source[from:c.pos]
}

func isWordByte(b byte) bool   { return isAlnum(b) || b == '_' || b == '$' || b >= 0x80 }
func isNumberByte(b byte) bool { return isAlnum(b) || b == '.' }

func (c *scriptScan) skipTo(end string) {
	n := strings.Index(c.source[c.pos:], end)
	if n < 0 {
		c.pos = len(c.source)
		return
	}
	c.pos += n + len(end)
}

// quoted reads a string: a name where a colon follows, else a value.
func (c *scriptScan) quoted(quote byte) {
	from := c.pos + 1
	end := from
	for end < len(c.source) && c.source[end] != quote {
		if c.source[end] == '\\' {
			end++
		}
		if quote != '`' && end < len(c.source) && c.source[end] == '\n' {
			c.pos = end // an apostrophe of a comment or a regular expression
			return
		}
		end++
	}
	if end >= len(c.source) {
		c.pos = len(c.source)
		return
	}
	plain, _ := jsonCoding{}.decode(c.source[from:end])
	c.pos = end + 1
	rest := strings.TrimLeft(c.source[c.pos:min(len(c.source), c.pos+8)], " \t\r\n")
	if !c.owns && strings.HasPrefix(rest, ":") {
		c.name = plain
		return
	}
	if c.owns {
		c.found(plain)
		return
	}
	c.name = plain // an argument before the one that it names: set("token", "…")
	c.owns = true
}

func (c *scriptScan) found(value string) {
	up := c.at[len(c.at)-1]
	c.walker.text(c.placed(up, "/"+escapePointer(c.name), c.name), value)
}
