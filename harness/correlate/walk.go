package correlate

import (
	"strings"
)

// A walker goes through all that may be a value in a message, layer by layer.
// The same walk finds values in a capture and puts live ones in their place, so
// that what was found can be replaced.
type walker struct {
	// visit is asked for each text that may be a value, the outer one before
	// what is in it. Where it reports true the text becomes by, and what is in
	// it is not looked at.
	visit func(s *spot, value string) (by string, ok bool)

	answer  bool           // values are read, nothing is replaced
	short   bool           // plain words too are values: the name of a thing may be one
	ordinal map[uint64]int // how often a place of a markup text came up

	spots []*spot // lent to lists of JSON, one for each level
	lent  int
}

// borrow lends a spot until giveBack: a list of JSON has many, one at a time,
// and nobody keeps them.
func (w *walker) borrow() *spot {
	if w.lent == len(w.spots) {
		w.spots = append(w.spots, new(spot))
	}
	w.lent++
	return w.spots[w.lent-1]
}

func (w *walker) giveBack() { w.lent-- }

// Bounds of a walk. What is deeper or longer is taken whole.
const (
	maxDepth      = 12
	maxSplit      = 64 << 10 // bytes of a text in a request that is split into words
	maxAnswerText = 2 << 10  // the same in an answer
	minPart       = 8        // shorter parts of words are no values of their own
	minBase64     = 16       // shorter words decode to something by chance
)

// text walks a decoded text.
func (w *walker) text(s *spot, text string) []edit {
	if !w.short && !s.segment && !mayLink(text) {
		return nil // nor any part of it
	}
	if by, ok := w.visit(s, text); ok {
		return whole(text, by)
	}
	if len(text) < 2 || s.depth >= maxDepth {
		return nil
	}
	switch {
	case w.answer && isDate(text):
		return nil
	case isBracketed(text):
		return w.json(s, text)
	case isJWT(text):
		return w.claims(s, text)
	case isURL(text):
		return w.url(s, text)
	case hasEscape(text):
		return w.through(percent{}, s, text)
	case strings.IndexByte(text, '&') >= 0 && hasEntity(text):
		return w.through(entities{}, s, text)
	case isLikeBase64(text):
		if edits, ok := w.base64(s, text, minBase64); ok {
			return edits
		}
	}
	return w.words(s, text)
}

func isBracketed(s string) bool {
	last := s[len(s)-1]
	return s[0] == '{' && last == '}' || s[0] == '[' && last == ']'
}

// isJWT knows a token in compact form (RFC 7515 section 3.1) by the Base64 of
// `{"`.
func isJWT(s string) bool {
	return strings.HasPrefix(s, "eyJ") && strings.Count(s, ".") >= 2 && !strings.ContainsAny(s, " ,;\"'&")
}

// claims reads the claims of a token that was handed out. In a request it
// stays whole: its signature covers them.
func (w *walker) claims(s *spot, token string) []edit {
	if !w.answer {
		return nil
	}
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	if _, plain := base64Of(payload); strings.HasPrefix(plain, "{") {
		w.json(s.child(".claims", "").decoded("base64"), plain)
	}
	return nil
}

// isURL knows absolute URLs with an authority, and absolute paths.
func isURL(s string) bool {
	if strings.ContainsAny(s, " \t\r\n\"<>|") {
		return false
	}
	if s[0] == '/' {
		return true
	}
	i := strings.Index(s, "://")
	return i > 1 && i < 12 && strings.Trim(strings.ToLower(s[:i]), "abcdefghijklmnopqrstuvwxyz0123456789+.-") == ""
}

func hasEscape(s string) bool {
	for {
		i := strings.IndexByte(s, '%')
		if i < 0 || i+2 >= len(s) {
			return false
		}
		if isHex(s[i+1]) && isHex(s[i+2]) {
			return true
		}
		s = s[i+1:]
	}
}

func hasEntity(s string) bool {
	plain, at := entities{}.decode(s)
	return at != nil && plain != s
}

func isLikeBase64(s string) bool {
	if len(s) < minBase64 || len(s) > maxSplit {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && c != '+' && c != '/' && c != '-' && c != '_' && (c != '=' || i < len(s)-2) {
			return false
		}
	}
	return true
}

// base64 walks what a text is the Base64 of.
func (w *walker) base64(s *spot, raw string, least int) ([]edit, bool) {
	if len(raw) < least {
		return nil, false
	}
	enc, plain := base64Of(raw)
	if enc == nil {
		return nil, false
	}
	edits := w.text(s.decoded("base64"), plain)
	if len(edits) == 0 {
		return nil, true
	}
	return whole(raw, unpadded(enc, raw).EncodeToString([]byte(applied(plain, edits)))), true
}
