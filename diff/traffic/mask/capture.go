package mask

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// What LearnCapture reads of bodies: secrets are issued in small ones.
const (
	maxLearntBody  = 64 << 10 // bytes of a request's body
	maxLearntReply = 16 << 10 // of a response's: the answers that issue tokens are short
	maxLearntTotal = 2 << 20  // bytes of all bodies of a capture
	maxLearntDeep  = 1 << 20  // bytes of exchanges that are taken apart as a Redactor does
)

// LearnCapture learns the secrets that stand under secret names in a capture:
// headers, cookies, queries, userinfo, form fields, members of JSON. The first
// MiB of a capture is taken apart as a [Redactor] does: XML, texts, Base64 and
// compressed bodies too. Behind it bodies of more than 64 KiB are not read, nor
// those behind the first 2 MiB of bodies, and bodies that hold none of the words
// of names. It gives no placeholder its number. Call it for both captures before
// anything is printed.
func (m *Masker) LearnCapture(c *traffic.Capture) {
	if m.Show || c == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.learning = true
	defer func() { m.learning = false }()
	l := learner{Masker: m, fields: map[string]bool{}, seen: map[string]bool{}, budget: maxLearntTotal, deep: maxLearntDeep, apart: newFile(nil, false)}
	for _, x := range c.Exchanges {
		if l.exchange(x) {
			continue
		}
		l.request(&x.Request)
		if x.Response != nil {
			l.response(x.Response)
		}
	}
}

// A learner is one pass over a capture.
type learner struct {
	*Masker
	fields map[string]bool // by header name: whether its values are worth reading
	seen   map[string]bool // header values read before
	budget int             // bytes of bodies still to be read
	deep   int64           // bytes of exchanges still to be taken apart
	apart  *file           // as which they are
}

// exchange takes an exchange apart as far as a [Redactor] does, so that a secret
// of one place is known in all others; false where that would take too long.
func (l *learner) exchange(x *traffic.Exchange) bool {
	size := x.Request.Body.MaxLen() + int64(len(x.Request.URL)) + sizeOf(x.Request.Header)
	if x.Response != nil {
		size += x.Response.Body.MaxLen() + sizeOf(x.Response.Header)
	}
	if l.deep -= size; l.deep < 0 {
		return false
	}
	l.file = l.apart
	defer func() { l.file = nil }()
	_, err := l.redact(x)
	return err == nil
}

func sizeOf(h traffic.Header) (n int64) {
	for _, f := range h {
		n += int64(len(f.Name) + len(f.Value))
	}
	return n
}

func (l *learner) request(r *traffic.Request) {
	if strings.ContainsAny(r.URL, "?@#;") {
		l.url(r.URL)
	}
	l.header(r.Header)
	l.cookies(r.Cookies)
	l.params(r.Query)
	l.params(r.Body.Params)
	l.body(&r.Body, r.Header, maxLearntBody)
}

func (l *learner) response(r *traffic.Response) {
	l.header(r.Header)
	l.cookies(r.Cookies)
	if r.Location != "" {
		l.url(r.Location)
	}
	l.body(&r.Body, r.Header, maxLearntReply)
}

func (l *learner) header(h traffic.Header) {
	for _, f := range h {
		worth, known := l.fields[f.Name]
		if !known {
			c := l.classify(f.Name)
			worth = c.rule != asShown && (c.rule != asField || c.level != plain)
			l.fields[f.Name] = worth
		}
		if worth && f.Value != "" && !l.seen[f.Value] {
			l.seen[f.Value] = true
			l.Masker.header(f.Name, f.Value)
		}
	}
}

func (l *learner) cookies(cookies []traffic.Cookie) {
	for _, c := range cookies {
		l.cookie(c.Name, c.Value)
	}
}

func (l *learner) params(params []traffic.Param) {
	for _, p := range params {
		l.field(p.Name, p.Value)
	}
}

func (l *learner) body(b *traffic.Body, h traffic.Header, most int64) {
	if !b.Present() || l.budget <= 0 {
		return
	}
	mediaType := b.MediaType
	if mediaType == "" {
		mediaType = h.Get("Content-Type")
	}
	if !structured(mediaType) {
		return
	}
	if b.MaxLen() > 2*most { // the escapes of JSON do not double a text
		return
	}
	text, err := b.Text(most)
	if err != nil {
		return
	}
	l.budget -= len(text)
	if namesSecret(text) {
		l.Masker.body(mediaType, text)
	}
}

// stems are the shortest words that names of level sure are made of.
var stems = func() (short []string) {
	all := slices.Collect(maps.Keys(heads))
	for phrase := range phrases {
		all = append(all, phrase[1])
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	for _, word := range all {
		if !slices.ContainsFunc(short, func(s string) bool { return strings.Contains(word, s) }) {
			short = append(short, word)
		}
	}
	return short
}()

// stemStarts are the first two letters of the stems.
var stemStarts = func() *[1 << 16]bool {
	var starts [1 << 16]bool
	for _, stem := range stems {
		starts[int(stem[0])<<8|int(stem[1])] = true
	}
	return &starts
}()

// namesSecret tells whether a name of level sure can stand in a body: most
// bodies need not be parsed.
func namesSecret(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		if !stemStarts[int(text[i]|0x20)<<8|int(text[i+1]|0x20)] {
			continue
		}
		for _, stem := range stems {
			if len(text)-i >= len(stem) && strings.EqualFold(text[i:i+len(stem)], stem) {
				return true
			}
		}
	}
	return false
}

// structured tells whether a body of that type has names.
func structured(mediaType string) bool {
	mediaType, _, _ = strings.Cut(strings.ToLower(mediaType), ";")
	return mediaType == "" || strings.Contains(mediaType, "json") || strings.Contains(mediaType, "form") ||
		strings.Contains(mediaType, "html")
}
