package diff

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// Ignore is the user's own noise: patterns of edit paths. "*" stands for any
// text but a slash or a dot, "**" for any text; case does not count.
//
//	request.header.x-build
//	response.body/meta/**
//	*.cookie.theme
type Ignore []string

// ErrPattern is returned for a pattern that can't match.
var ErrPattern = errors.New("malformed pattern")

// Check reports all patterns that can't match any path.
func (g Ignore) Check() error {
	var errs []error
	for _, pattern := range g {
		if err := checkPattern(pattern); err != nil {
			errs = append(errs, fmt.Errorf("%w %q: %w", ErrPattern, mask.Name(pattern), err))
		}
	}
	return errors.Join(errs...)
}

// Match returns the first pattern that fits the path.
func (g Ignore) Match(editPath string) (pattern string, ok bool) {
	return g.compile().match(editPath)
}

// patterns are an Ignore made ready; their time to match is linear in the
// path (package regexp).
type patterns struct {
	source   Ignore
	compiled []*regexp.Regexp
}

func (g Ignore) compile() patterns {
	p := patterns{source: g}
	for _, pattern := range g {
		p.compiled = append(p.compiled, regexp.MustCompile(expression(pattern)))
	}
	return p
}

func (p patterns) match(editPath string) (pattern string, ok bool) {
	for i, re := range p.compiled {
		if re.MatchString(editPath) {
			return p.source[i], true
		}
	}
	return "", false
}

// maxPattern is the length of the longest pattern in bytes: the time to match
// one grows with it, for each path.
const maxPattern = 4096

// expression writes a pattern as a regular expression.
func expression(pattern string) string {
	var b strings.Builder
	b.WriteString(`(?is)^`)
	for i, wide := range strings.Split(strings.ToValidUTF8(pattern, "\uFFFD"), "**") {
		if i > 0 {
			b.WriteString(`.*`)
		}
		for j, literal := range strings.Split(wide, "*") {
			if j > 0 {
				b.WriteString(`[^/.]*`)
			}
			b.WriteString(regexp.QuoteMeta(literal))
		}
	}
	b.WriteString(`$`)
	return b.String()
}

// partsOfSide are the parts that paths of a side begin with.
var partsOfSide = map[Side][]Part{
	Request:  {Method, URL, Scheme, Userinfo, Host, Port, Path, Query, Fragment, Proto, Header, Cookie, Body, MediaType},
	Response: {Proto, Header, SetCookie, Body, MediaType, Status, Reason, Failure, Answer, Location},
	Recorder: {Note},
}

// checkPattern looks at side and part of a pattern, as far as they are no
// wildcards.
func checkPattern(pattern string) error {
	if len(pattern) > maxPattern {
		return fmt.Errorf("it is longer than %d bytes", maxPattern)
	}
	side, rest, dotted := strings.Cut(strings.ToLower(pattern), ".")
	if strings.TrimSpace(side) == "" {
		return errors.New("it names no place")
	}
	if strings.Contains(side, "*") {
		return nil
	}
	parts, known := partsOfSide[Side(side)]
	if !known || !dotted {
		return errors.New("it begins with request., response. or recorder., as paths do in --format json")
	}
	part := rest
	if i := strings.IndexAny(rest, "./["); i >= 0 {
		part = rest[:i]
	}
	if strings.Contains(part, "*") || slices.Contains(parts, Part(part)) {
		return nil
	}
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = string(p)
	}
	return fmt.Errorf("behind %s. comes one of %s", side, strings.Join(names, ", "))
}
