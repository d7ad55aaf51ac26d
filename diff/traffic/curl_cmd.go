package traffic

import (
	"bytes"
	"regexp"
	"strings"
)

// LooksLikeCmd tells a command line of cmd.exe from one of a shell: a caret
// stands outside quotes, before a quote or at the end of a line.
func looksLikeCmd(data []byte) bool {
	var quote byte
	escapes := false // backslash escapes count in this quote
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quote != 0:
			if c == '\\' && escapes {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
			escapes = c == '"' || i > 0 && data[i-1] == '$'
		case c == '#' && (i == 0 || data[i-1] == '\n'):
			i += max(0, bytes.IndexByte(data[i:], '\n'))
		case c == '\\':
			i++
		case c == '^' && caretOfCmd(data[i+1:]):
			return true
		}
	}
	return bytes.Contains(data, []byte("curl.exe")) && bytes.Contains(data, []byte(`""`)) &&
		!bytes.Contains(data, []byte("'"))
}

func caretOfCmd(rest []byte) bool {
	rest = bytes.TrimPrefix(rest, []byte("\r"))
	return len(rest) > 0 && (rest[0] == '"' || rest[0] == '\n')
}

// A cmdReader undoes what cmd.exe and then the start of a C program do to a
// command line. The two know nothing of each other's quotes.
type cmdReader struct {
	*curlReader
	data   []byte
	places curlPlaces
	at     int
	batch  bool // %% stands for %

	commands []curlCommand
}

// A cmdByte is a byte that cmd.exe hands on, and where it came from.
type cmdByte struct {
	c  byte
	at int
}

func (r *curlReader) cmdCommands(data []byte) []curlCommand {
	c := &cmdReader{curlReader: r, data: data, places: newPlaces(data),
		batch: bytes.Contains(bytes.ToLower(data), []byte("@echo"))}
	others := false
	for c.at < len(c.data) {
		var command curlCommand
		words := c.split(c.line(&command))
		if !c.take(&command, words) && len(words) > 0 {
			others = true
		}
	}
	if others && len(c.commands) > 0 {
		r.capture.Warnings = append(r.capture.Warnings, Warning{Entry: -1,
			Text: "commands other than curl are in this file; they were not run, and what they do is not known"})
	}
	return c.commands
}

// Line reads one command up to the end of its line or an operator, and
// removes carets. Quotes stay: they are the program's to read.
func (c *cmdReader) line(command *curlCommand) []cmdByte {
	var out []cmdByte
	quoted := false
	for c.at < len(c.data) {
		at := c.at
		ch := c.data[at]
		c.at++
		switch {
		case ch == '\r' && c.at < len(c.data) && c.data[c.at] == '\n':
		case ch == '\n':
			return out
		case ch == '^' && !quoted:
			if next, ok := c.caret(); ok {
				out = append(out, next)
			}
		case ch == '"':
			quoted = !quoted
			out = append(out, cmdByte{ch, at})
		case ch == '%':
			out = append(out, cmdByte{ch, at})
			c.percent(command)
		case !quoted && (ch == '&' || ch == '|' || ch == '<' || ch == '>'):
			if ch == '&' {
				return out
			}
			c.operator(command, ch)
			return out
		default:
			out = append(out, cmdByte{ch, at})
		}
	}
	return out
}

// Caret reads what stands behind a caret. At the end of a line it takes the
// line end away and the next byte as it is: "^", two line ends, is how a line
// end gets into a word.
func (c *cmdReader) caret() (cmdByte, bool) {
	if c.skipLineEnd() {
		at := c.at
		if c.skipLineEnd() {
			return cmdByte{'\n', at}, true
		}
		return cmdByte{}, false
	}
	if c.at == len(c.data) {
		return cmdByte{}, false
	}
	c.at++
	return cmdByte{c.data[c.at-1], c.at - 1}, true
}

func (c *cmdReader) skipLineEnd() bool {
	rest := c.data[c.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("\r\n")):
		c.at += 2
	case bytes.HasPrefix(rest, []byte("\n")):
		c.at++
	default:
		return false
	}
	return true
}

var cmdVariable = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)%`)
var hexPair = regexp.MustCompile(`^[0-9A-Fa-f]{2}$`)

// Percent looks at what follows a percent sign. A variable is kept as it is
// written; so is a percent escape, which only looks like one.
func (c *cmdReader) percent(command *curlCommand) {
	rest := c.data[c.at:]
	if c.batch && bytes.HasPrefix(rest, []byte("%")) {
		c.at++
		return
	}
	if m := cmdVariable.FindSubmatch(rest[:min(len(rest), 256)]); m != nil && !hexPair.Match(m[1]) {
		command.warn("a variable (%%NAME%%) can't be known: it is kept as written")
	}
}

// Operator skips a pipe or a redirection to the end of the line.
func (c *cmdReader) operator(command *curlCommand, ch byte) {
	if ch != '<' {
		command.warn("the output of curl is redirected: that was ignored")
	}
	var ignored curlCommand
	c.line(&ignored)
}

// Split cuts a command line into arguments as programs of Windows do: 2n
// backslashes before a quote are n, one more makes the quote literal, and two
// quotes inside quotes are one.
func (c *cmdReader) split(line []cmdByte) []curlWord {
	var words []curlWord
	for i := 0; i < len(line); {
		if line[i].c == ' ' || line[i].c == '\t' {
			i++
			continue
		}
		var word curlWord
		word.line, word.column = c.places.at(line[i].at)
		word.text, i = cmdWord(line, i)
		words = append(words, word)
	}
	return words
}

func cmdWord(line []cmdByte, i int) (word string, next int) {
	var b strings.Builder
	quoted := false
	for i < len(line) {
		c := line[i].c
		switch {
		case c == '\\':
			n := 0
			for i < len(line) && line[i].c == '\\' {
				n++
				i++
			}
			if i == len(line) || line[i].c != '"' {
				b.WriteString(strings.Repeat(`\`, n))
				continue
			}
			b.WriteString(strings.Repeat(`\`, n/2))
			if n%2 == 1 {
				b.WriteByte('"')
				i++
			}
			continue
		case c == '"' && quoted && i+1 < len(line) && line[i+1].c == '"':
			b.WriteByte('"')
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t'):
			return b.String(), i
		default:
			b.WriteByte(c)
		}
		i++
	}
	return b.String(), i
}

// CmdPrompt is the prompt in front of a copied command: C:\Users\me>
var cmdPrompt = regexp.MustCompile(`^[A-Za-z]:\\.*$`)

// Take adds the command if it is curl. Comments are neither curl nor another
// command.
func (c *cmdReader) take(command *curlCommand, words []curlWord) bool {
	if len(words) == 0 {
		return false
	}
	name := strings.ToLower(strings.TrimPrefix(words[0].text, "@"))
	switch {
	case name == "rem" || name == "echo" || name == "setlocal" || strings.HasPrefix(name, "::"):
		return true
	case cmdPrompt.MatchString(words[0].text) && len(words) == 1 && !isCurl(name):
		return true
	case !isCurl(name):
		return false
	}
	command.name, command.args = words[0], words[1:]
	c.commands = append(c.commands, *command)
	return true
}
