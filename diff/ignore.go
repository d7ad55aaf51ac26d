package diff

import (
	"errors"
	"fmt"
	"path"
	"strings"
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

// Check reports all patterns that are malformed.
func (g Ignore) Check() error {
	var errs []error
	for _, pattern := range g {
		switch {
		case strings.TrimSpace(pattern) == "":
			errs = append(errs, fmt.Errorf("%w: it is empty", ErrPattern))
		case !strings.HasPrefix(pattern, "*") && !hasSide(pattern):
			errs = append(errs, fmt.Errorf("%w %q: it begins with request., response. or recorder., as paths do in --format json",
				ErrPattern, pattern))
		default:
			if _, err := path.Match(pattern, ""); err != nil {
				errs = append(errs, fmt.Errorf("%w %q: unclosed bracket", ErrPattern, pattern))
			}
		}
	}
	return errors.Join(errs...)
}

func hasSide(pattern string) bool {
	for _, side := range []Side{Request, Response, Recorder} {
		if strings.HasPrefix(strings.ToLower(pattern), string(side)+".") {
			return true
		}
	}
	return false
}

// Match returns the first pattern that fits the path.
func (g Ignore) Match(editPath string) (pattern string, ok bool) {
	for _, pattern := range g {
		if matchPath(strings.ToLower(pattern), strings.ToLower(editPath)) {
			return pattern, true
		}
	}
	return "", false
}

// matchPath matches piece by piece behind the stars; it is linear for the
// patterns that people write.
func matchPath(pattern, s string) bool {
	star := strings.IndexByte(pattern, '*')
	if star < 0 {
		return pattern == s
	}
	if !strings.HasPrefix(s, pattern[:star]) {
		return false
	}
	s, pattern = s[star:], pattern[star+1:]
	wide := strings.HasPrefix(pattern, "*")
	pattern = strings.TrimPrefix(pattern, "*")
	for i := 0; i <= len(s); i++ {
		if matchPath(pattern, s[i:]) {
			return true
		}
		if i < len(s) && !wide && (s[i] == '/' || s[i] == '.') {
			return false
		}
	}
	return false
}
