package traffic

import (
	"net/http"
	"strings"
)

// Apply gives one option its effect on the operation. Options that have no
// effect on the request fall through silently.
func (r *curlReader) apply(op *curlOperation, name string, at curlWord, on bool, value curlWord) {
	if reason, ok := curlRefused[name]; ok {
		r.fail(at, "--%s %s", name, reason)
		return
	}
	if reason, ok := curlUnforeseen[name]; ok && on {
		op.command.warn("--%s %s", name, reason)
	}
	if value.bare {
		op.command.warn("the value of --%s is left to the shell: an unquoted expansion may be several words", name)
	}
	switch name {
	case "data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json":
		r.applyData(op, name, at, value.text)
	case "form", "form-string":
		r.applyForm(op, name, at, value.text)
	case "url":
		op.urls = append(op.urls, value)
	case "upload-file":
		op.uploads = append(op.uploads, value)
	case "header":
		op.applyHeader(value.text)
	case "cookie":
		op.applyCookie(value.text)
	case "url-query":
		r.applyQuery(op, value.text)
	case "time-cond":
		op.applySince(value.text)
	case "continue-at":
		op.applyResume(value.text)
	default:
		op.applyText(name, value)
		op.applyFlag(name, on)
	}
}

func (op *curlOperation) applyText(name string, value curlWord) {
	switch name {
	case "request":
		op.method = value.text
	case "user-agent":
		op.agent = value.text
	case "referer":
		// ";auto" sets the field on redirects only.
		op.referer = strings.TrimSuffix(value.text, ";auto")
	case "range":
		op.span = value.text
	case "user":
		op.user = &value
	case "oauth2-bearer":
		op.bearer = &value
		op.auth["bearer"] = true
	case "aws-sigv4":
		op.auth[name] = true
	case "request-target":
		op.target = &value
	case "proto-default":
		op.guess = strings.ToLower(value.text)
	}
}

func (op *curlOperation) applyFlag(name string, on bool) {
	switch name {
	case "basic", "digest", "ntlm", "ntlm-wb", "negotiate":
		if on {
			op.auth[name] = true
		} else {
			delete(op.auth, name)
		}
	case "anyauth":
		op.auth["basic"], op.auth["any"] = true, true
	case "head":
		op.head = on
	case "get":
		op.get = on
	case "globoff":
		op.globOff = on
	case "path-as-is":
		op.asIs = on
	case "compressed":
		op.compressed = on
	case "tr-encoding":
		op.transfer = on
	case "form-escape":
		op.escape = on
	case "http1.0":
		op.proto = "HTTP/1.0"
	case "http1.1":
		op.proto = "HTTP/1.1"
	case "http2", "http2-prior-knowledge", "http3", "http3-only":
		op.proto = name
	}
}

// A field read from a file (-H @name) can't be known, unless the shell feeds
// the text.
func (op *curlOperation) applyHeader(value string) {
	name, file := strings.CutPrefix(value, "@")
	if !file {
		op.headers = append(op.headers, value)
		return
	}
	text, _ := op.read("header", name)
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimRight(line, "\r"); line != "" && line[0] != '#' {
			op.headers = append(op.headers, line)
		}
	}
}

func (op *curlOperation) applyCookie(value string) {
	if !strings.HasPrefix(value, "@") && strings.Contains(value, "=") {
		op.cookies = append(op.cookies, value)
		return
	}
	if value != "" {
		op.command.warn("--cookie reads a file that a capture can't hold: no cookie of it is shown")
	}
}

func (op *curlOperation) applySince(value string) {
	name := "If-Modified-Since: "
	rest, until := strings.CutPrefix(value, "-")
	if until {
		name = "If-Unmodified-Since: "
	}
	at, err := http.ParseTime(strings.TrimPrefix(rest, "="))
	if err != nil {
		op.command.warn("--time-cond is no HTTP date: its header is not shown")
		return
	}
	op.since = name + at.UTC().Format(http.TimeFormat)
}

func (op *curlOperation) applyResume(value string) {
	if value == "-" {
		op.command.warn("--continue-at - depends on a local file: its Range header is not shown")
		return
	}
	op.from = ""
	if strings.Trim(value, "0") != "" {
		op.from = value + "-"
	}
}

// Read returns the content of a file that an option names. Only what the
// shell feeds to standard input can be known, and it is read once.
func (op *curlOperation) read(option, name string) (text string, known bool) {
	stdin := &op.command.stdin
	if name == "-" && stdin.known {
		text, stdin.text = stdin.text, ""
		return text, true
	}
	op.command.warn("--%s reads a file or a pipe that a capture can't hold: its content is shown as empty", option)
	return "", false
}
