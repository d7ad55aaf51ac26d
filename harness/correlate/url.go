package correlate

import (
	"strconv"
	"strings"
)

// url walks a URL but for its scheme and authority: where requests go is not
// for an answer to say.
func (w *walker) url(s *spot, raw string) []edit {
	at := 0
	if i := strings.Index(raw, "://"); i >= 0 && !strings.ContainsAny(raw[:i], "/?#") {
		at = i + len("://")
	} else if strings.HasPrefix(raw, "//") {
		at = len("//")
	}
	if at > 0 {
		n := strings.IndexAny(raw[at:], "/?#")
		if n < 0 {
			return nil
		}
		at += n
	}
	rest, fragment, hasFragment := strings.Cut(raw[at:], "#")
	path, query, hasQuery := strings.Cut(rest, "?")
	if hasQuery && isSignedQuery(query) {
		if by, ok := w.visit(s.child(".target", signedURL), rest); ok {
			return shifted(whole(rest, by), at)
		}
	}
	edits := shifted(w.path(s, path), at)
	at += len(path) + 1
	if hasQuery {
		edits = append(edits, shifted(w.form(s, ".query.", query), at)...)
		at += len(query) + 1
	}
	if hasFragment {
		edits = append(edits, shifted(w.fragment(s, fragment), at)...)
	}
	return edits
}

// target is the path and the query of a URL, of one that is signed: both are
// covered by the signature.
func target(rawURL string) string {
	if i := strings.Index(rawURL, "://"); i >= 0 {
		rawURL = rawURL[i+len("://"):]
		n := strings.IndexAny(rawURL, "/?#")
		if n < 0 {
			return ""
		}
		rawURL = rawURL[n:]
	}
	rest, _, _ := strings.Cut(rawURL, "#")
	return rest
}

// signedURL is the name of a target that is carried on as a whole.
const signedURL = "signed_url"

// isSignedQuery knows the parameters of presigned URLs: AWS (V4 and V2), Google
// Cloud, Azure SAS, CloudFront and their kin.
func isSignedQuery(query string) bool {
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if len(value) < 8 {
			continue
		}
		switch strings.ToLower(name) {
		case "x-amz-signature", "x-goog-signature", "x-oss-signature", "x-obs-signature", "q-signature", "signature", "sig", "hmac", "__token__":
			return true
		}
	}
	return false
}

// path walks the segments of a path. Each has the name of the one before it:
// what is behind "orders" is of an order.
func (w *walker) path(s *spot, path string) []edit {
	if path == "" {
		return nil
	}
	at, before := 0, ""
	if path[0] == '/' {
		at = 1
	}
	var edits []edit
	for i := 0; at <= len(path); i++ {
		n := strings.IndexByte(path[at:], '/')
		if n < 0 {
			n = len(path) - at
		}
		segment := path[at : at+n]
		if segment != "" {
			child := s.child(".path["+strconv.Itoa(i)+"]", before)
			child.segment = true
			edits = append(edits, shifted(w.segment(child, segment), at)...)
			before = segment
		}
		at += n + 1
	}
	return edits
}

func (w *walker) segment(s *spot, raw string) []edit {
	if isAsset(raw) {
		return nil
	}
	return w.through(percent{}, s, raw)
}

// isAsset knows files of a page whose names a build makes: another build has
// other ones, and they belong to no flow.
func isAsset(segment string) bool {
	i := strings.LastIndexByte(segment, '.')
	if i < 0 {
		return false
	}
	switch strings.ToLower(segment[i+1:]) {
	case "js", "mjs", "css", "map", "woff", "woff2", "ttf", "otf", "ico", "wasm", "svg":
		return true
	}
	return false
}

// form walks a query, or a form that is URL-encoded.
func (w *walker) form(s *spot, part, raw string) []edit {
	var edits []edit
	at := 0
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, ok := strings.Cut(pair, "=")
		if ok && value != "" {
			plain, _ := percent{form: true}.decode(name)
			c := percent{form: true, like: raw}
			edits = append(edits, shifted(w.through(c, s.child(part+plain, plain), value), at+len(name)+1)...)
		} else if !ok && name != "" && !strings.Contains(raw, "&") {
			edits = append(edits, w.through(percent{form: true}, s.child(strings.TrimSuffix(part, "."), ""), name)...)
		}
		at += len(pair) + 1
	}
	return edits
}

// fragment walks parameters behind a #, as the implicit flow of OAuth has
// them, or a route of a single-page application.
func (w *walker) fragment(s *spot, raw string) []edit {
	if strings.HasPrefix(raw, "/") || strings.HasPrefix(raw, "!/") {
		skip := strings.IndexByte(raw, '/')
		return shifted(w.url(s.child(".fragment", ""), raw[skip:]), skip)
	}
	return w.form(s, ".fragment.", raw)
}
