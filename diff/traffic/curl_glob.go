package traffic

import (
	"net/netip"
	"strconv"
	"strings"
)

// A globPart is a set of texts that stand at one place of a URL.
type globPart []string

// globBytes bounds what the patterns of a file may come to: a URL, and the
// body and the fields of each request that it stands for.
const globBytes = 64 << 20

// ExpandGlob expands the {a,b} and [1-3] of a URL, in curl's order: the last
// place changes first. A problem says why curl would refuse it; more than
// limit results are one, and more than globBytes of text.
func expandGlob(text string, limit int) (urls []string, problem string) {
	parts, problem := globParts(text, limit)
	if problem != "" {
		return nil, problem
	}
	n, longest := 1, 0
	for _, part := range parts {
		if n *= len(part); n > limit {
			return nil, globTooMany
		}
		longest += part.longest()
	}
	if n > 1 && n > globBytes/(longest+len(parts)) {
		return nil, globTooMany
	}
	urls = make([]string, n)
	for i := range urls {
		var b strings.Builder
		step := n
		for _, part := range parts {
			step /= len(part)
			b.WriteString(part[i/step%len(part)])
		}
		urls[i] = b.String()
	}
	return urls, ""
}

// longest is the length of the longest text.
func (p globPart) longest() (n int) {
	for _, s := range p {
		n = max(n, len(s))
	}
	return n
}

const (
	globTooMany = "the URL stands for more requests than Limits.Entries allows, or for too much text; use --globoff if it is meant as it stands"
	globBroken  = "the URL has braces or brackets that curl reads as a pattern, and it is a broken one; use --globoff if they are meant as they stand"
)

func globParts(text string, limit int) (parts []globPart, problem string) {
	var plain strings.Builder
	for text != "" {
		n := literalGlob(text)
		switch {
		case n > 0:
			plain.WriteString(text[:n])
			text = text[n:]
			continue
		case text[0] == '\\':
			plain.WriteByte(text[1])
			text = text[2:]
			continue
		case text[0] == '}' || text[0] == ']':
			return nil, globBroken
		}
		part, rest, problem := globPattern(text, limit)
		if problem != "" {
			return nil, problem
		}
		parts = append(parts, globPart{plain.String()}, part)
		plain.Reset()
		text = rest
	}
	return append(parts, globPart{plain.String()}), ""
}

// LiteralGlob is the length of what stands for itself: an IPv6 address, "[]",
// or a character that is not special.
func literalGlob(text string) int {
	switch text[0] {
	case '[':
		end := strings.IndexByte(text, ']')
		if end == 1 {
			return 2
		}
		if end > 0 {
			if _, err := netip.ParseAddr(text[1:end]); err == nil {
				return end + 1
			}
		}
		return 0
	case '{', '}', ']':
		return 0
	case '\\':
		if len(text) > 1 && strings.IndexByte("{}[]", text[1]) >= 0 {
			return 0
		}
	}
	return 1
}

func globPattern(text string, limit int) (part globPart, rest, problem string) {
	body := text[1:]
	if strings.HasPrefix(body, "<") { // a name, since curl 8.17; it is not sent
		if _, after, ok := strings.Cut(body, ">"); ok {
			body = after
		}
	}
	if text[0] == '{' {
		return globSet(body)
	}
	spec, rest, ok := strings.Cut(body, "]")
	if !ok {
		return nil, "", globBroken
	}
	part, problem = globRange(spec, limit)
	return part, rest, problem
}

func globSet(body string) (part globPart, rest, problem string) {
	var item strings.Builder
	for i := 0; i < len(body); i++ {
		switch c := body[i]; c {
		case '{', '[', ']':
			return nil, "", globBroken
		case '}':
			if i == 0 {
				return nil, "", globBroken
			}
			return append(part, item.String()), body[i+1:], ""
		case ',':
			part = append(part, item.String())
			item.Reset()
		case '\\':
			if i+1 < len(body) {
				i++
			}
			item.WriteByte(body[i])
		default:
			item.WriteByte(c)
		}
	}
	return nil, "", globBroken
}

// GlobRange reads 1-10, 001-100:2 or a-z:2.
func globRange(spec string, limit int) (part globPart, problem string) {
	spec, by, stepped := strings.Cut(spec, ":")
	step := uint64(1)
	if stepped {
		var err error
		if step, err = strconv.ParseUint(by, 10, 62); err != nil || step == 0 {
			return nil, globBroken
		}
	}
	from, to, ok := strings.Cut(spec, "-")
	if !ok || from == "" || to == "" {
		return nil, globBroken
	}
	if letters := len(from) == 1 && len(to) == 1 && isLetter(from[0]); letters {
		return letterRange(from[0], to[0], step)
	}
	low, errLow := strconv.ParseUint(from, 10, 62)
	high, errHigh := strconv.ParseUint(strings.TrimLeft(to, " \t"), 10, 62)
	if errLow != nil || errHigh != nil || low > high || badStep(low, high, step) {
		return nil, globBroken
	}
	if (high-low)/step >= uint64(limit) {
		return nil, globTooMany
	}
	width := 0
	if from[0] == '0' {
		width = len(from)
	}
	if uint64(width) > globBytes/((high-low)/step+1) {
		return nil, globTooMany
	}
	for n := low; n <= high; n += step {
		digits := strconv.FormatUint(n, 10)
		part = append(part, strings.Repeat("0", max(0, width-len(digits)))+digits)
	}
	return part, ""
}

func letterRange(from, to byte, step uint64) (part globPart, problem string) {
	if from > to || to-from > 'z'-'a' || badStep(uint64(from), uint64(to), step) {
		return nil, globBroken
	}
	for c := uint64(from); c <= uint64(to); c += step {
		part = append(part, string(rune(c)))
	}
	return part, ""
}

// BadStep tells a step that leaves the range, which curl refuses.
func badStep(low, high, step uint64) bool {
	return low == high && step != 1 || low != high && step > high-low
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
