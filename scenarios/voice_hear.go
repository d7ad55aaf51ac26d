package scenarios

import (
	"html"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/challenge"
)

// An utterance is one thing that an answer says: a message, a code, a page.
type utterance struct {
	text   string
	source Source
	at     diff.Edit
}

// maxShown is the length in bytes up to which an utterance is given as
// evidence whole; of a longer one, the words that were found.
const maxShown = 300

// hear finds what is known in utterances, in their order.
func hear(said []utterance) []Hit {
	var hits []Hit
	for _, u := range said {
		for _, text := range append([]string{u.text}, codesIn(u.text)...) {
			find(plain(text), func(p phrase) {
				h := Hit{Cause: p.cause, Source: u.source, At: u.at, Faint: p.faint, words: p.words}
				if len(u.text) > maxShown {
					h.At.New = p.words
				}
				hits = append(hits, h)
			})
		}
	}
	return clearFirst(hits)
}

// clearFirst moves faint hits behind the others and drops repetitions.
func clearFirst(hits []Hit) []Hit {
	type key struct{ cause, words string }
	known := map[key]bool{}
	var out []Hit
	for _, faint := range []bool{false, true} {
		for _, h := range hits {
			if k := (key{h.Cause, h.words}); h.Faint == faint && !known[k] {
				known[k] = true
				out = append(out, h)
			}
		}
	}
	return out
}

// codesIn returns the code in a qualified one: "com.example#TokenExpired",
// "auth/token-expired", "net::ERR_FAILED", "Throttled:http://…".
func codesIn(text string) []string {
	if len(text) > 160 || strings.ContainsAny(text, " \t\n<{") || !strings.ContainsAny(text, "#/:") {
		return nil
	}
	first := text[:strings.IndexAny(text, "#/:")]
	last := text[strings.LastIndexAny(text, "#/:")+1:]
	return []string{first, last}
}

// utterances are what a failing answer says, where failures are told. Of an
// answer with a good status that is an error document, a challenge, or gRPC's
// status; its content is none.
func utterances(x *traffic.Exchange) []utterance {
	r := x.Response
	if r == nil {
		return nil
	}
	said := spokenHeaders(nil, r)
	if r.Error != "" {
		said = append(said, utterance{r.Error, FromStatus, seen(diff.Response, diff.Failure, "", r.Error)})
	}
	if !Works(x) && r.Status >= 300 || isErrorDocument(r) || isBlockPage(r) {
		said = spokenBody(said, r)
	}
	return said
}

// everything is all that an answer says, failing or not.
func everything(x *traffic.Exchange) []utterance {
	if x.Response == nil {
		return nil
	}
	return spokenBody(spokenHeaders(nil, x.Response), x.Response)
}

func spokenHeaders(said []utterance, r *traffic.Response) []utterance {
	add := func(source Source, part diff.Part, name, text string) {
		if text != "" {
			said = append(said, utterance{text, source, seen(diff.Response, part, name, text)})
		}
	}
	if r.Status >= 400 {
		add(FromText, diff.Reason, "", r.StatusText)
	}
	for _, f := range r.Header {
		name := strings.ToLower(f.Name)
		switch {
		case name == "www-authenticate" || name == "proxy-authenticate":
			for _, text := range spokenChallenge(f.Value) {
				said = append(said, utterance{text, FromChallenge, seen(diff.Response, diff.Header, name, f.Value)})
			}
		case name == "location":
			for _, text := range spokenLocation(f.Value) {
				said = append(said, utterance{text, FromStatus, seen(diff.Response, diff.Location, "", f.Value)})
			}
		case name == "grpc-message":
			add(FromText, diff.Header, name, pathUnescape(f.Value))
		case speaksOfErrors(name):
			add(FromText, diff.Header, name, f.Value)
		}
	}
	if r.Location != "" && !r.Header.Has("location") {
		for _, text := range spokenLocation(r.Location) {
			said = append(said, utterance{text, FromStatus, seen(diff.Response, diff.Location, "", r.Location)})
		}
	}
	return said
}

// speaksOfErrors knows fields like x-amzn-errortype, x-error-code,
// x-auth-error, x-deny-reason; not cors or reporting fields.
func speaksOfErrors(name string) bool {
	return hasWord(name, "error", "errors", "errortype", "errorcode", "errormessage", "reason", "denied", "mitigated", "otp") &&
		!hasWord(name, "access", "report", "nel", "log")
}

// spokenChallenge returns what a challenge says in words: its parameters that
// are no coordinates.
func spokenChallenge(value string) []string {
	var texts []string
	for _, c := range challenge.Parse(value) {
		for _, p := range c.Params {
			switch strings.ToLower(p.Name) {
			case "error", "error_description", "error_code", "error_message", "error_codes", "message", "reason", "description":
				texts = append(texts, p.Value)
			}
		}
	}
	return texts
}

// spokenLocation returns the errors in a redirect: error=…, reason=…, and
// flags such as session_expired=1.
func spokenLocation(location string) []string {
	u, err := url.Parse(location)
	if err != nil {
		return nil
	}
	var texts []string
	for _, part := range []string{u.RawQuery, u.EscapedFragment()} {
		for pair := range strings.SplitSeq(part, "&") {
			name, value, has := strings.Cut(pair, "=")
			name, value = unescape(name), unescape(value)
			switch {
			case hasWord(name, "error", "err", "errorcode", "reason", "message", "msg", "status", "cause", "flash", "notice", "alert", "info") && len(value) < 2000:
				texts = append(texts, value)
			case !has || value == "1" || strings.EqualFold(value, "true"):
				texts = append(texts, name)
			}
		}
	}
	return texts
}

func pathUnescape(s string) string {
	if decoded, err := url.PathUnescape(s); err == nil {
		return decoded
	}
	return s
}

func spokenBody(said []utterance, r *traffic.Response) []utterance {
	content := rawBodyPrefix(r)
	if len(content) == 0 {
		return said
	}
	at := func(name, text string) utterance {
		return utterance{text, FromText, seen(diff.Response, diff.Body, name, text)}
	}
	switch {
	case looksLikeJSON(content):
		for _, s := range jsonStrings(content) {
			said = append(said, at(s.pointer, s.text))
		}
	case mediaTypeOf(r) == "application/x-www-form-urlencoded":
		for _, f := range formFields(string(content)) {
			said = append(said, at(f.Name, f.Value))
		}
	default:
		for _, text := range markupTexts(string(content)) {
			said = append(said, at("", text))
		}
	}
	return said
}

// rawBodyPrefix is the first 64 KiB of a body as recorded.
func rawBodyPrefix(r *traffic.Response) []byte {
	if !r.Body.Present() {
		return nil
	}
	content, err := r.Body.Bytes(maxReadBody)
	if err != nil {
		return nil
	}
	return content[:min(len(content), maxSearchedBody)]
}

// markupTexts returns the texts of a page between its block elements, without
// scripts and styles; of plain text, its lines.
func markupTexts(content string) []string {
	var texts []string
	for part := range strings.SplitSeq(stripMarkup(content), "\n") {
		if part = strings.TrimSpace(part); part != "" {
			texts = append(texts, html.UnescapeString(part))
		}
	}
	// A message may be broken into lines.
	if len(texts) > 1 && len(texts) < 40 {
		texts = append(texts, strings.Join(texts, " | "), strings.Join(texts, " "))
	}
	return texts
}

// stripMarkup turns tags into line ends, but for those inside a sentence.
func stripMarkup(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for len(s) > 0 {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:open])
		s = s[open:]
		end := strings.IndexByte(s, '>')
		if end < 0 {
			break
		}
		name := tagName(s)
		s = s[end+1:]
		switch name {
		case "b", "/b", "i", "/i", "em", "/em", "strong", "/strong", "code", "/code", "a", "/a", "span", "/span", "br", "tt", "/tt":
			b.WriteByte(' ')
		case "script", "style":
			closing := "</" + name
			at := indexFold(s, closing)
			if at < 0 {
				return b.String()
			}
			s = s[at:]
		default:
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func tagName(s string) string {
	end := 1
	for end < len(s) && end < 16 && (isWordByte(s[end]) || end == 1 && s[end] == '/') {
		end++
	}
	return strings.ToLower(s[1:end])
}

// indexFold finds an ASCII text in lower case.
func indexFold(s, lowerCase string) int {
	for i := 0; ; {
		at := strings.IndexByte(s[i:], lowerCase[0])
		if at < 0 || len(s)-i-at < len(lowerCase) {
			return -1
		}
		i += at
		if strings.EqualFold(s[i:i+len(lowerCase)], lowerCase) {
			return i
		}
		i++
	}
}
