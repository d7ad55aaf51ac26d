package mask

import (
	"encoding/hex"
	"strconv"
	"strings"
	"sync"

	"github.com/replaydiff/replay/diff/traffic"
)

// MinLearnt is the length in bytes from which a secret, once seen under a
// secret name, is masked in all other places too. Shorter ones would hit
// ordinary words.
const MinLearnt = 8

// A Masker masks the secrets of one run. The zero value masks; it is safe for
// concurrent use and must not be copied after its first use. Placeholders are
// numbered for each kind in the order in which they are first shown.
type Masker struct {
	// Show leaves secrets readable (--dangerously-show-secrets). Control
	// characters are still made visible.
	Show bool

	mu       sync.Mutex
	secrets  map[string]*secret // by canonical value
	shown    map[string]int     // number of placeholders, by kind
	learnt   tree
	names    map[string]class // what names were found to be
	learning bool             // a first pass: nothing is shown
	nesting  int              // documents inside documents that are being masked
	urls     int              // URLs inside URLs that are being masked
	file     *file            // what a Redactor keeps; nil: text is masked for a screen
}

// A secret is one value that has, or will have, a placeholder.
type secret struct {
	kind string
	n    int // 0: not shown yet

	value string // canonical
}

// Learn makes value a secret of that kind ("token", "password"), masked in
// every place from here on. Kinds are lower-case words. Values shorter than
// [MinLearnt] and those that can't be secrets are masked in their own place
// only.
func (m *Masker) Learn(value, kind string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.learn(value, kind)
}

func (m *Masker) learn(value, kind string) {
	_, core, _ := edges(value)
	if len(core) < MinLearnt || harmless(core) || strings.Contains(core, opening) {
		return
	}
	canon, _ := canonical(core)
	m.enter(m.intern(kind, canon), canon)
}

// keyLike tells whether a query value of any name is taken for a key: 24 or
// more random letters and digits. UUIDs are ids more often.
func keyLike(core string) bool {
	return len(core) >= 24 && lettersAndDigits(core) && random(core)
}

func lettersAndDigits(s string) bool {
	return run(s, func(c byte) bool { return alnum(c) || c == '_' }) == len(s)
}

// Header masks the value of a header field.
func (m *Masker) Header(name, value string) string {
	return m.door(value, func() string { return m.header(name, value) })
}

// Cookie masks the value of one cookie; the name is for its kind alone, all
// cookie values are masked.
func (m *Masker) Cookie(name, value string) string {
	return m.door(value, func() string { return m.cookie(name, value) })
}

// Query masks the value of one query parameter, decoded or not.
//
// APIs call the parameter of their key anything: a long random value is masked
// under every name.
func (m *Masker) Query(name, value string) string {
	return m.door(value, func() string {
		if _, core, _ := edges(value); keyLike(core) {
			return m.secret(kindToken, value)
		}
		return m.field(name, value)
	})
}

// Form masks the value of one form field, decoded or not.
func (m *Masker) Form(name, value string) string {
	return m.door(value, func() string { return m.field(name, value) })
}

// JSON masks one scalar of a JSON document: name is the name of the nearest
// member, value the string without its quotes, or the number or literal.
func (m *Masker) JSON(name, value string) string {
	return m.door(value, func() string { return m.field(name, value) })
}

// Claim masks the value of a JWT claim or header parameter. Those that say
// who issued what for whom and until when are shown.
func (m *Masker) Claim(name, value string) string {
	return m.door(value, func() string { return m.claim(name, value) })
}

// URL masks a URL: userinfo, secret query and fragment parameters, and path
// segments that are tokens. It may be relative or broken.
func (m *Masker) URL(s string) string {
	return m.door(s, func() string { return m.url(s) })
}

// Text masks what is a secret by its shape or was learnt before. Line breaks
// and tabs stay.
func (m *Masker) Text(s string) string {
	return m.lines(s, func() string { return m.scan(s) })
}

// Body masks a message body by its media type, or by its content where that
// says nothing. Structure, line breaks and tabs stay. The content must be
// decoded (no Content-Encoding).
func (m *Masker) Body(mediaType string, content []byte) string {
	s := string(content)
	return m.lines(s, func() string { return m.body(mediaType, s) })
}

func (m *Masker) door(value string, masked func() string) string {
	return Visible(m.locked(value, masked))
}

func (m *Masker) lines(value string, masked func() string) string {
	return traffic.VisibleLines(m.locked(value, masked))
}

func (m *Masker) locked(value string, masked func() string) string {
	if m.Show || value == "" {
		return value
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return masked()
}

// secret masks a whole value. White space, quotes and invisible characters
// around it stay, for they are what broke many a credential; so do values
// that are the bug themselves.
func (m *Masker) secret(kind, value string) string {
	return m.noted(kind, value, nil)
}

func (m *Masker) noted(kind, value string, note func(core string) string) string {
	lead, core, trail := edges(value)
	lead, trail = m.edge(lead), m.edge(trail)
	switch {
	case core == "" || harmless(core):
		return lead + core + trail
	case strings.Contains(core, opening):
		return lead + m.around(kind, core) + trail
	}
	about := ""
	if note != nil {
		about = note(core)
	}
	return lead + m.placeholder(kind, core, about) + trail
}

// around masks what stands between placeholders: masking twice changes
// nothing, and a forged placeholder hides no secret.
func (m *Masker) around(kind, core string) string {
	var b strings.Builder
	for core != "" {
		from, to := nextPlaceholder(core)
		if piece := core[:from]; punctuation(piece) {
			b.WriteString(piece)
		} else {
			b.WriteString(m.placeholder(kind, piece, ""))
		}
		b.WriteString(core[from:to])
		core = core[to:]
	}
	return b.String()
}

// placeholder is the mask of one bare value.
func (m *Masker) placeholder(kind, core, note string) string {
	canon, encoded := canonical(core)
	if m.learning && len(canon) < MinLearnt {
		return core
	}
	if m.file != nil && IsMark(canon) {
		return m.file.written(core)
	}
	s := m.intern(kind, canon)
	if learnable(s.kind, canon) {
		m.enter(s, canon)
	}
	if m.learning {
		if m.file != nil && s.kind == kindJWT {
			m.readableJWT(s) // learns what is in it
		}
		return core
	}
	if s.n == 0 {
		if whole := m.cutFrom(s, canon); whole != nil {
			return m.render(whole, encoded, "first "+strconv.Itoa(len(canon))+" bytes")
		}
	}
	return m.render(s, encoded, note)
}

// cutFrom returns the longer secret that this one is the beginning of, nil
// where there is none. Short values and passwords are left alone: they begin
// alike by chance, and their length is a part of the secret.
func (m *Masker) cutFrom(s *secret, canon string) *secret {
	if len(canon) < 16 || s.kind == kindPassword {
		return nil
	}
	return m.learnt.longer(canon)
}

// intern returns the secret of that value, a new one where it wasn't known.
// The kind of the first place wins, but for a JWT, which is one everywhere.
func (m *Masker) intern(kind, canon string) *secret {
	if s, ok := m.secrets[canon]; ok {
		if s.kind == kindToken && s.n == 0 {
			s.kind = kind // a name says more than a shape, wherever it is read first
		}
		return s
	}
	if beginsJWT(canon) {
		kind = kindJWT
	}
	if m.secrets == nil {
		m.secrets = map[string]*secret{}
		m.shown = map[string]int{}
	}
	s := &secret{kind: kind, value: strings.Clone(canon)}
	m.secrets[s.value] = s
	return s
}

// enter makes the scan find a secret, plain and encoded.
func (m *Masker) enter(s *secret, canon string) {
	if !m.learnt.add(strings.Clone(canon), hit{s, "", false}) {
		return
	}
	for _, e := range encodings {
		if text := e.encode(canon); text != canon {
			m.learnt.add(text, hit{s, e.note, false})
		}
	}
	if !random(canon) {
		return
	}
	dump := hex.EncodeToString([]byte(canon))
	for _, text := range [...]string{strings.ToLower(canon), strings.ToUpper(canon), dump, strings.ToUpper(dump)} {
		if text != canon {
			m.learnt.add(text, hit{s, "", true})
		}
	}
}

// Placeholders stand in single guillemets, which no header can hold as such
// and few texts do.
const (
	opening = "‹"
	closing = "›"
)

func (m *Masker) render(s *secret, notes ...string) string {
	switch {
	case s.n > 0:
	case m.file != nil:
		s.n = m.file.number(s.value)
	default:
		m.shown[s.kind]++
		s.n = m.shown[s.kind]
	}
	b := opening + s.kind + " " + strconv.Itoa(s.n)
	if m.file != nil {
		m.file.shown[b[len(opening):]] = s
	}
	for _, note := range notes {
		if note != "" {
			b += ", " + note
		}
	}
	return b + closing
}
