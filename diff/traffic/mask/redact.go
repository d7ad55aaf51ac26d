package mask

import (
	"strings"
	"sync"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Redactor masks whole exchanges that are written to a file. What is no
// secret stays byte for byte, and what a secret was read by stays as well:
//
//   - a secret becomes a mark in plain ASCII, "masked-token-482913377-kd3xq7", that
//     is fit for every place that a secret stands in: a cookie, a URL, JSON; its
//     end tells which key made it ([Keys]);
//   - a JWT keeps its header and those claims that say who issued what for whom
//     and until when; its signature becomes a mark, as other claims do;
//   - Basic credentials stay Basic: user and password are marks.
//
// So a redacted pair has the diagnosis of the original (law 4), as long as both
// were redacted with the same Key or by the same Redactor: the same secret has
// the same mark, another one another. Redacting what is redacted changes
// nothing.
//
// The zero value is usable. It is safe for concurrent use and must not be copied
// after its first use.
type Redactor struct {
	// Key makes marks the same in each run that has it. Whoever has it can test
	// whether a mark stands for a value that he guesses, so it is not for the
	// place where the files are, and better long and random. Nil: a random one
	// that nobody learns.
	Key []byte

	// Personal masks e-mail addresses and phone numbers too.
	Personal bool

	once sync.Once
	m    Masker
}

func (r *Redactor) masker() *Masker {
	r.once.Do(func() { r.m.file = newFile(r.Key, r.Personal) })
	return &r.m
}

// Learn learns the secrets of a capture: what is one in one place, is masked
// wherever it stands in another. Unlike [Masker.LearnCapture] it reads all there
// is, long bodies and free text too. Call it for all before the first is
// redacted.
func (r *Redactor) Learn(c *traffic.Capture) {
	if c == nil {
		return
	}
	m := r.masker()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.learning = true
	defer func() { m.learning = false }()
	m.redactFrame(c)
	for _, x := range c.Exchanges {
		_, _ = m.redact(x) // what can't be read is an error when it is written
	}
}

// Exchange returns a copy without secrets. The error is of a body that can't be
// read, or unpacks to more than 16 MiB.
func (r *Redactor) Exchange(x *traffic.Exchange) (*traffic.Exchange, error) {
	m := r.masker()
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.redact(x)
}

func (m *Masker) redact(x *traffic.Exchange) (*traffic.Exchange, error) {
	out := *x
	out.Unknown = m.redactFields(x.Unknown)
	m.redactRecorded(&out.Recorded)
	if err := m.redactRequest(&out.Request); err != nil {
		return nil, err
	}
	if x.Response != nil {
		response := *x.Response
		out.Response = &response
		if err := m.redactResponse(out.Response); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

func (m *Masker) redactRequest(r *traffic.Request) error {
	mediaType, codings := bodyType(r.Body, r.Header), r.Header.Values("Content-Encoding")
	r.Method, r.Proto = m.text(r.Method), m.text(r.Proto)
	r.URL = m.filed(m.url(r.URL))
	r.Header = m.redactHeader(r.Header)
	r.Cookies = m.redactCookies(r.Cookies)
	r.Query = m.redactParams(r.Query)
	return m.redactBody(&r.Body, mediaType, codings)
}

func (m *Masker) redactResponse(r *traffic.Response) error {
	mediaType, codings := bodyType(r.Body, r.Header), r.Header.Values("Content-Encoding")
	r.StatusText, r.Error, r.Proto = m.text(r.StatusText), m.text(r.Error), m.text(r.Proto)
	r.Location = m.filed(m.url(r.Location))
	r.Header = m.redactHeader(r.Header)
	r.Cookies = m.redactCookies(r.Cookies)
	return m.redactBody(&r.Body, mediaType, codings)
}

func bodyType(b traffic.Body, h traffic.Header) string {
	if b.MediaType != "" {
		return b.MediaType
	}
	return h.Get("Content-Type")
}

func (m *Masker) redactHeader(h traffic.Header) traffic.Header {
	if h == nil {
		return nil
	}
	out := make(traffic.Header, len(h))
	for i, f := range h {
		out[i] = traffic.HeaderField{Name: m.filed(m.scan(f.Name)), Value: m.filed(m.header(f.Name, f.Value))}
	}
	return out
}

func (m *Masker) redactCookies(list []traffic.Cookie) []traffic.Cookie {
	var out []traffic.Cookie
	for _, c := range list {
		c.Value = m.filed(m.cookie(c.Name, c.Value))
		c.Name, c.Path, c.Domain = m.text(c.Name), m.text(c.Path), m.text(c.Domain)
		c.Expires, c.SameSite = m.text(c.Expires), m.text(c.SameSite)
		out = append(out, c)
	}
	return out
}

func (m *Masker) redactParams(list []traffic.Param) []traffic.Param {
	var out []traffic.Param
	for _, p := range list {
		if _, core, _ := edges(p.Value); keyLike(core) {
			p.Value = m.filed(m.secret(kindToken, p.Value))
		} else {
			p.Value = m.filed(m.field(p.Name, p.Value))
		}
		p.Name, p.FileName, p.Type = m.text(p.Name), m.text(p.FileName), m.text(p.Type)
		out = append(out, p)
	}
	return out
}

// redactFields masks what the model has no place for: JSON that is judged by
// its names.
func (m *Masker) redactFields(list traffic.Fields) traffic.Fields {
	var out traffic.Fields
	for _, f := range list {
		name := f.Pointer[strings.LastIndexByte(f.Pointer, '/')+1:]
		before, after := "{"+quote(name)+":", "}"
		text := m.filed(m.json(before + string(f.Value) + after))
		if inner, ok := strings.CutPrefix(text, before); ok {
			f.Value = []byte(strings.TrimSuffix(inner, after))
		}
		out = append(out, f)
	}
	return out
}
