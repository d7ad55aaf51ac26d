package samples

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/replaydiff/replay/diff/traffic"
)

// A sampleBody is the body of a request, as options of curl and as text.
type sampleBody struct {
	options []string
	pieces  []piece
	form    bool
	note    string
}

// implies tells a field that curl writes by itself for such a body.
func (s sampleBody) implies(f traffic.HeaderField) bool {
	return s.form && strings.EqualFold(f.Name, "Content-Type") && strings.EqualFold(strings.TrimSpace(f.Value), "application/x-www-form-urlencoded")
}

// maxBody is the length in bytes above which a body is no sample.
const maxBody = 32 << 10

func (b *builder) body(entry int, r *traffic.Request) sampleBody {
	if !r.Body.Present() {
		if form, err := r.Body.Form(maxBody); err == nil && len(form) > 0 {
			return b.form(entry, string(form))
		}
		return sampleBody{}
	}
	text, err := r.Body.Text(maxBody)
	switch {
	case err != nil || !utf8.ValidString(text) || strings.Contains(text, "\x00"):
		return sampleBody{
			options: []string{"--data-binary @body.bin"}, pieces: []piece{{literal: "(the content of body.bin)"}},
			note: fmt.Sprintf("The body, of %s, is too long for a sample or no text: put one into body.bin.", lengthWord(r.Body.MaxLen())),
		}
	case text == "":
		return sampleBody{}
	case isForm(r):
		return b.form(entry, text)
	}
	shown := b.mask.Body(mediaType(r), []byte(text))
	pieces := b.pieces(entry, text, shown, "value", "the body")
	return sampleBody{options: []string{"--data-raw " + argument(pieces)}, pieces: pieces}
}

func lengthWord(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

func mediaType(r *traffic.Request) string {
	if t := r.Header.Get("Content-Type"); t != "" {
		return t
	}
	return r.Body.MediaType
}

func isForm(r *traffic.Request) bool {
	t, _, _ := strings.Cut(mediaType(r), ";")
	return strings.EqualFold(strings.TrimSpace(t), "application/x-www-form-urlencoded")
}

// form gives each field in an option of its own, for curl to encode.
func (b *builder) form(entry int, text string) sampleBody {
	out := sampleBody{form: true}
	for pair := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(pair, "=")
		key, errName := url.QueryUnescape(name)
		decoded, errValue := url.QueryUnescape(value)
		if errName != nil || errValue != nil || !utf8.ValidString(key+decoded) || strings.ContainsAny(key, "=@\r\n\x00") || strings.Contains(decoded, "\x00") {
			key, decoded = name, value // as it came; curl encodes it once more, which is no worse than a broken form
		}
		pieces := b.pieces(entry, decoded, b.mask.Form(key, decoded), key, "the field "+key+" of a form")
		// The name is sent as it is given, the value encoded (curl, --data-urlencode).
		out.options = append(out.options, "--data-urlencode "+argument(append([]piece{{literal: url.QueryEscape(key) + "="}}, pieces...)))
		if len(out.pieces) > 0 {
			out.pieces = append(out.pieces, piece{literal: "&"})
		}
		out.pieces = append(out.pieces, piece{literal: url.QueryEscape(key) + "="})
		for _, p := range pieces {
			if p.variable == "" {
				p.literal = url.QueryEscape(p.literal)
			}
			out.pieces = append(out.pieces, p)
		}
	}
	return out
}
