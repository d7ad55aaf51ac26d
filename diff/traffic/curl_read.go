package traffic

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
)

// A curlWord is an argument as curl would get it, and where it stands.
type curlWord struct {
	text         string
	line, column int
	unknown      bool // a part is left to the shell ($VAR): text holds it as written
	bare         bool // nothing but an unquoted expansion, so maybe several words, or none
}

// A curlCommand is one command line, without the program's name.
type curlCommand struct {
	name     curlWord
	args     []curlWord
	stdin    curlStdin
	warnings []string
}

func (c *curlCommand) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(c.warnings, text) {
		c.warnings = append(c.warnings, text)
	}
}

// A curlStdin is what the shell feeds to a command.
type curlStdin struct {
	known bool
	text  string
}

// A curlReader turns one file into a capture. It gathers every mistake of the
// file before it gives up.
type curlReader struct {
	file    string
	limits  Limits
	capture *Capture
	spare   int64 // bytes that the patterns of URLs may still come to

	mistakes mistakes
}

// readCurl reads curl command lines: of a POSIX shell, or of cmd.exe. No
// command is ever executed, and no file is opened but the one given.
func readCurl(data []byte, file string, o Options) (*Capture, error) {
	r := &curlReader{file: file, limits: o.Limits.orDefault(), capture: &Capture{File: file, Format: Curl}, spare: globBytes}
	if int64(len(data)) > r.limits.WholeFile {
		return nil, &Error{File: file, Entry: -1, Err: ErrLimit,
			Text: fmt.Sprintf("longer than %d bytes; if the file can be trusted, raise Limits.WholeFile", r.limits.WholeFile)}
	}
	// A byte order mark is blanked rather than cut, so that places stay true.
	if rest, ok := bytes.CutPrefix(data, []byte("\ufeff")); ok {
		data = append([]byte("   "), rest...)
	}
	commands := r.commands(data)
	for i := range commands {
		r.command(&commands[i])
	}
	if err := r.mistakes.joined(file); err != nil {
		return nil, err
	}
	if len(r.capture.Exchanges) == 0 {
		return nil, &Error{File: file, Entry: -1, Err: ErrFormat,
			Text: "no curl command found; expected lines like: curl 'https://host/path'"}
	}
	return r.capture, nil
}

// powerShell recognises the other thing that Chrome copies.
var powerShell = regexp.MustCompile(`(?im)^[ \t]*(\$\w+[ \t]*=[ \t]*)?(invoke-webrequest|invoke-restmethod|new-object[ \t]+microsoft\.powershell)\b`)

func (r *curlReader) commands(data []byte) []curlCommand {
	if at := powerShell.FindIndex(data); at != nil {
		line, column := placeOf(data, at[0])
		r.fail(curlWord{line: line, column: column},
			`this is PowerShell, not curl; in the browser choose "Copy as cURL (bash)"`)
		return nil
	}
	if looksLikeCmd(data) {
		return r.cmdCommands(data)
	}
	return r.bashCommands(data)
}

// Fail notes a mistake at a word. Its text must not repeat the word's value.
func (r *curlReader) fail(at curlWord, format string, args ...any) {
	r.failAs(nil, at, format, args...)
}

func (r *curlReader) failAs(kind error, at curlWord, format string, args ...any) {
	if r.mistakes.full() {
		r.mistakes.more++ // without its words
		return
	}
	r.mistakes.add(&Error{
		File: r.file, Line: at.line, Column: at.column, Entry: -1,
		Text: fmt.Sprintf(format, args...), Err: kind,
	})
}

// Command adds the requests of one command line to the capture.
func (r *curlReader) command(c *curlCommand) {
	mistakes := len(r.mistakes.errs)
	operations := r.parse(c)
	first := len(r.capture.Exchanges)
	for _, op := range operations {
		if len(r.mistakes.errs) > mistakes || r.mistakes.full() {
			break
		}
		r.requests(op)
	}
	entry := first
	if len(r.capture.Exchanges) == first {
		entry = -1
	}
	for _, text := range c.warnings {
		r.capture.warn(entry, text)
	}
}

func (r *curlReader) add(request Request) {
	r.capture.Exchanges = append(r.capture.Exchanges, &Exchange{
		Index:    len(r.capture.Exchanges),
		Request:  request,
		Recorded: Recorded{Millis: -1, Timings: noTimings},
	})
}

// PlaceOf is the line and the column, in bytes from 1, of an offset.
func placeOf(data []byte, offset int) (line, column int) {
	before := data[:offset]
	return bytes.Count(before, []byte("\n")) + 1, offset - (bytes.LastIndexByte(before, '\n') + 1) + 1
}
