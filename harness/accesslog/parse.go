package accesslog

import (
	"errors"
	"strings"
	"time"
)

// ErrLine is returned for a line of no known format.
var ErrLine = errors.New("a line of no known format")

// Parse reads one line, without its line break, into r, of which nothing is
// left of before. The error is ErrLine; r may hold what was understood.
func Parse(line string, r *Record) (Format, error) {
	var p Parser
	err := p.Parse(line, r)
	return r.Format, err
}

// A Parser reads lines of one log. It tries the format of the line before
// first. The zero value is usable; it is for one goroutine.
type Parser struct {
	Location *time.Location // of times that have no zone; nil: UTC

	words bool // see Options.Words
	last  Format
	seen  findings
}

// order is that of trying: the formats that can't be taken for another come
// first.
var order = [...]Format{JSON, Combined, HAProxy, ErrorLog, Logfmt}

func (p *Parser) read(f Format, line string, r *Record) bool {
	switch f {
	case JSON:
		return p.json(line, r)
	case Combined:
		return p.combined(line, r)
	case HAProxy:
		return p.haproxy(line, r)
	case ErrorLog:
		return p.errorLog(line, r)
	case Logfmt:
		return p.logfmt(line, r)
	}
	return false
}

// Parse reads one line into r, as [Parse] does.
func (p *Parser) Parse(line string, r *Record) error {
	if p.parse(line, r) {
		return nil
	}
	return ErrLine
}

func (p *Parser) parse(line string, r *Record) bool {
	line = strings.TrimRight(line, "\r\n ")
	if line == "" {
		*r = Record{Line: r.Line}
		return false
	}
	if p.last != Unknown && p.try(p.last, line, r) {
		return true
	}
	for _, f := range order {
		if f != p.last && p.try(f, line, r) {
			p.last = f
			return true
		}
	}
	r.Format = Unknown
	if p.words {
		*r = Record{Line: r.Line, Message: line}
	}
	return p.words
}

func (p *Parser) try(f Format, line string, r *Record) bool {
	*r = Record{Line: r.Line, Format: f}
	p.seen = findings{}
	if !p.read(f, line, r) {
		return false
	}
	p.seen.settle(r)
	return true
}

func (p *Parser) clock() clock { return clock{p.Location} }
