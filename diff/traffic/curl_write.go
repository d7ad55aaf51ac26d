package traffic

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxArgument is how long a body may be to stand in the command line: Linux
// takes 128 KiB an argument. Longer ones come through a pipe from printf,
// which is part of the shell.
const maxArgument = 100_000

// expectsContinue is the length from which curl asks leave before it sends a
// body (Expect: 100-continue).
const expectsContinue = 1 << 20

// writeCurl writes the requests of a capture as curl command lines for bash,
// one command an exchange. Each sends what was captured and not more: fields
// that curl would add are taken away. Answers are not written. A field that
// no curl can send is an error, and all of them are told.
func writeCurl(w io.Writer, c *Capture) error {
	out := bufio.NewWriter(w)
	var wrong mistakes
	for i := range c.Exchanges {
		exchange, err := c.written(i)
		if err != nil {
			return err
		}
		line, err := newCurlLine(&exchange.Request, nil)
		if err != nil {
			wrong.add(&Error{File: c.File, Entry: exchange.Index, What: what(&exchange.Request), Text: err.Error(), Err: err})
			continue
		}
		if i > 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(out, "# entry %d\n%s\n", exchange.Index, line.join(" \\\n  "))
	}
	if err := wrong.joined(c.File); err != nil {
		return err
	}
	return out.Flush()
}

// A curlLine gathers the options of a command, one a line.
type curlLine struct {
	feed    string // what stands before the command: a printf for its input
	options []string
}

func (l *curlLine) add(option string, value ...string) {
	for _, v := range value {
		option += " " + bashQuote(v)
	}
	l.options = append(l.options, option)
}

func (l *curlLine) join(separator string) string {
	return l.feed + "curl " + strings.Join(l.options, separator)
}

// newCurlLine makes the command that sends a request; where there is a door,
// values stand in it as the door shows them.
func newCurlLine(request *Request, door Door) (*curlLine, error) {
	var body []byte
	if request.Body.Present() {
		var err error
		if body, err = request.Body.Bytes(1 << 40); err != nil {
			return nil, err
		}
	}
	target, err := curlTarget(request.URL)
	if err != nil {
		return nil, err
	}
	if strings.ContainsFunc(request.Method, notInURL) {
		return nil, errors.New("the method has a space or a control character, which curl can't send")
	}
	line := &curlLine{}
	line.addURL(target, door)
	line.addMethod(request)
	switch {
	case strings.EqualFold(request.Proto, "HTTP/1.0"):
		line.add("--http1.0")
	case strings.EqualFold(request.Proto, "HTTP/1.1"):
		line.add("--http1.1")
	case strings.EqualFold(request.Proto, "h2") && target.scheme == "http":
		line.add("--http2-prior-knowledge")
	}
	if err := line.addHeader(request, target.host, door); err != nil {
		return nil, err
	}
	line.suppress(request, len(body))
	switch {
	case request.Body.Present() && door != nil:
		line.addShownBody(request, body, door)
	case request.Body.Present():
		line.addBody(body)
	}
	return line, nil
}

// CurlTarget is the address as curl must get it. Credentials are left out:
// no client sends them as part of it.
func curlTarget(address string) (u curlURL, err error) {
	if strings.Contains(address, "\x00") {
		return u, errors.New("the URL has a NUL, which a command line can't hold")
	}
	address = escapeSpaces(address)
	op := curlOperation{asIs: true}
	if !strings.Contains(address, "://") && !strings.HasPrefix(address, "$") && !strings.HasPrefix(address, "`") {
		return u, errors.New("the URL is not absolute, so curl can't request it")
	}
	u, problem := op.splitURL(address, true)
	if problem != "" {
		return u, errors.New(problem)
	}
	return u, nil
}

func escapeSpaces(address string) string {
	if !strings.ContainsFunc(address, notInURL) {
		return address
	}
	var b strings.Builder
	for i := range len(address) {
		if c := address[i]; notInURL(rune(c)) {
			fmt.Fprintf(&b, "%%%02x", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// AddURL gives the address, and keeps curl from changing it.
func (l *curlLine) addURL(u curlURL, door Door) {
	address := u.String()
	if door != nil {
		address = sent(address, door.URL(address))
	}
	l.add(bashQuote(address))
	if strings.ContainsAny(u.String(), "{}[]") {
		l.add("--globoff")
	}
	if removeDotSegments(u.path) != u.path {
		l.add("--path-as-is")
	}
}

// AddMethod names the method where curl would choose another. A HEAD must be
// asked for as such, or curl waits for a body.
func (l *curlLine) addMethod(request *Request) {
	implied := "GET"
	if request.Body.Present() {
		implied = "POST"
	}
	switch {
	case request.Method == "HEAD" && !request.Body.Present():
		l.add("--head")
	case request.Method != implied && request.Method != "":
		l.add("-X", request.Method)
	}
}

// AddHeader writes the fields in their order. The length is curl's to count,
// and pseudo-headers are not fields (RFC 9113 section 8.3).
func (l *curlLine) addHeader(request *Request, host string, door Door) error {
	for i, field := range request.Header {
		switch {
		case strings.HasPrefix(field.Name, ":"), strings.EqualFold(field.Name, "Content-Length"):
			continue
		case strings.EqualFold(field.Name, "Host") && field.Value == host:
			continue
		}
		if !sendableField(field) {
			return fmt.Errorf("header %d can't be given to curl: its name is no token, or its value has a line end or a NUL", i)
		}
		if door != nil {
			field.Value = sent(field.Value, door.Header(field.Name, field.Value))
		}
		if field.Value == "" {
			l.add("-H", field.Name+";")
		} else {
			l.add("-H", field.Name+": "+field.Value)
		}
	}
	return nil
}

func sendableField(f HeaderField) bool {
	return f.Name != "" && !strings.ContainsAny(f.Name, ":;@ \t\r\n\x00\v\f") && !strings.ContainsAny(f.Value, "\r\n\x00") &&
		(f.Value == "" || strings.Trim(f.Value, formSpace) != "")
}

// Suppress takes away what curl would add by itself.
func (l *curlLine) suppress(request *Request, length int) {
	own := []string{"User-Agent", "Accept"}
	if request.Body.Present() {
		own = append(own, "Content-Type")
	}
	if length >= expectsContinue {
		own = append(own, "Expect")
	}
	for _, name := range own {
		if !request.Header.Has(name) {
			l.add("-H", name+":")
		}
	}
}

// AddBody gives the body byte by byte. A NUL can't stand in an argument.
func (l *curlLine) addBody(body []byte) {
	if len(body) <= maxArgument && !strings.Contains(string(body), "\x00") {
		l.add("--data-raw", string(body))
		return
	}
	format := strings.ReplaceAll(ansiCEscapeFormat(string(body)), "%", "%%")
	if rest, dash := strings.CutPrefix(format, "-"); dash { // printf would take it for an option
		format = `\055` + rest
	}
	l.feed = "printf '" + format + "' | "
	l.add("--data-binary", "@-")
}

// AnsiCEscapeFormat escapes for printf in simple quotes.
func ansiCEscapeFormat(s string) string {
	return strings.ReplaceAll(ansiCEscape(s), `\'`, `\047`)
}
