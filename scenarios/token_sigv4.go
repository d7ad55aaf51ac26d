package scenarios

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A RequestSigning is what a request says about the signature that it carries
// (AWS SigV4 and its kin at Google and Alibaba), in a header or in the query.
type RequestSigning struct {
	Algorithm       string // "AWS4-HMAC-SHA256", "GOOG4-RSA-SHA256"
	AccessKey       string
	ScopeDate       string // "20261123"
	Region, Service string
	SignedHeaders   []string // in lower case
	Signature       string
	At              time.Time // when it was signed, zero: unknown
	AtName          string    // the header or parameter that says so
	Part            diff.Part // Header or Query
}

// basicISO is ISO 8601 without punctuation, as X-Amz-Date has it.
const basicISO = "20060102T150405Z"

// SigningOf reads the signature of a request: Authorization, else the query.
func SigningOf(r *traffic.Request) (RequestSigning, bool) {
	algorithm, rest := cutScheme(r.Header.Get("authorization"))
	if strings.Contains(algorithm, "4-HMAC-SHA256") || strings.Contains(algorithm, "4-RSA-SHA256") || strings.HasPrefix(algorithm, "AWS4-") {
		return headerSigning(r, algorithm, rest), true
	}
	u := r.ParsedURL()
	if u == nil {
		return RequestSigning{}, false
	}
	return querySigning(u.Query())
}

func headerSigning(r *traffic.Request, algorithm, rest string) RequestSigning {
	s := RequestSigning{Algorithm: algorithm, Part: diff.Header}
	for _, p := range authParams(rest) {
		s.set(p.Name, p.Value)
	}
	for _, name := range []string{"x-amz-date", "x-goog-date", "x-acs-date", "date"} {
		if at, ok := readTime(r.Header.Get(name)); ok {
			s.At, s.AtName = at, name
			break
		}
	}
	return s
}

func querySigning(q url.Values) (RequestSigning, bool) {
	for _, vendor := range []string{"X-Amz-", "X-Goog-", "x-oss-"} {
		var s RequestSigning
		s.Part = diff.Query
		for name, values := range q {
			rest, ok := cutPrefixFold(name, vendor)
			if !ok {
				continue
			}
			s.set(rest, values[0])
			if strings.EqualFold(rest, "date") {
				s.AtName = name
				s.At, _ = readTime(values[0])
			}
		}
		if s.Signature != "" {
			return s, true
		}
	}
	return RequestSigning{}, false
}

func (s *RequestSigning) set(name, value string) {
	switch strings.ToLower(name) {
	case "algorithm", "signature-version":
		s.Algorithm = value
	case "credential":
		part := strings.Split(value, "/")
		s.AccessKey = part[0]
		if len(part) >= 4 {
			s.ScopeDate, s.Region, s.Service = part[1], part[2], part[3]
		}
	case "signedheaders":
		s.SignedHeaders = strings.Split(strings.ToLower(value), ";")
	case "signature":
		s.Signature = value
	}
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// readTime reads a time as signatures and links write it: ISO 8601 with and
// without punctuation, an HTTP date, or a count since 1970 in seconds or
// milliseconds.
func readTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{basicISO, time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02", time.RFC1123, time.RFC1123Z} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil || n < 1e8 || n >= 1e14: // before 1973 nobody signed a request
		return time.Time{}, false
	case n < 1e11:
		return time.Unix(n, 0).UTC(), true
	case n < 1e12:
		return time.Time{}, false
	}
	return time.UnixMilli(n).UTC(), true
}
