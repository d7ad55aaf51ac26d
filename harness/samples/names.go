package samples

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/correlate"
)

type useOf = correlate.Use

// nameBases makes a variable for each server, the one with most requests first.
func (b *builder) nameBases(entries []int) {
	count := map[string]int{}
	for _, entry := range entries {
		origin := originOf(&b.capture.Exchanges[entry].Request)
		if count[origin]++; count[origin] == 1 {
			b.bases = append(b.bases, origin)
		}
	}
	slices.SortStableFunc(b.bases, func(x, y string) int { return cmp.Compare(count[y], count[x]) })
	for i, origin := range b.bases {
		name := "BASE"
		if i > 0 {
			name = b.variable("BASE_URL", origin)
		}
		b.doc.Bases = append(b.doc.Bases, Variable{name, origin})
	}
}

// base is the variable of a server; "" where it has none.
func (b *builder) base(origin string) string {
	if i := slices.Index(b.bases, origin); i >= 0 {
		return b.doc.Bases[i].Name
	}
	return ""
}

// nameLinks makes a variable for each value that one of the parts hands out to
// another, and has the masker know it.
func (b *builder) nameLinks(entries []int) {
	for i, link := range b.plan.Links() {
		value := b.plan.Value(i)
		used := slices.ContainsFunc(link.To, func(u useOf) bool { return !u.Jar && slices.Contains(entries, u.Entry) })
		if value == "" || !used || !slices.Contains(entries, link.From.Entry) {
			continue
		}
		name := b.variable(baseName(link.Name), "")
		b.values[link.From.Entry] = append(b.values[link.From.Entry], taken{name, value, link})
		b.mask.Learn(value, "value")
		if mark := markOf(b.mask.Text(value)); mark != "" {
			b.marks[mark] = name
			continue
		}
		plain := plainValue{value: value, variable: name, entries: map[int]bool{}}
		for _, use := range link.To {
			plain.entries[use.Entry] = true
		}
		b.plain = append(b.plain, plain)
	}
}

// marks of the masker: "‹jwt 1›", "‹token 2, expired›".
var marked = regexp.MustCompile(`‹([a-z]+ \d+)(?:, [^‹›]*)?›`)

// markOf is the mark that a text is, "" where it is more or none.
func markOf(text string) string {
	if found := marked.FindStringSubmatch(text); found != nil && found[0] == text {
		return found[1]
	}
	return ""
}

// A piece of a text is literal, or the name of a variable.
type piece struct{ literal, variable string }

// pieces parts a text at its secrets. Shown is the text as the masker shows it,
// place where it stands. Where there is no secret, the text is as captured.
func (b *builder) pieces(entry int, text, shown, name, place string) []piece {
	if shown == mask.Visible(text) || shown == text || !strings.Contains(shown, "‹") {
		return b.short(entry, text)
	}
	var list []piece
	for {
		at := marked.FindStringSubmatchIndex(shown)
		if at == nil {
			return append(list, b.short(entry, shown)...)
		}
		if at[0] > 0 {
			list = append(list, b.short(entry, shown[:at[0]])...)
		}
		list = append(list, piece{variable: b.secret(shown[at[2]:at[3]], nameBefore(shown[:at[0]], name), place)})
		if shown = shown[at[1]:]; shown == "" {
			return list
		}
	}
}

// short puts variables in the place of short values, where one is a word of its
// own.
func (b *builder) short(entry int, text string) []piece {
	for _, p := range b.plain {
		if !p.entries[entry] {
			continue
		}
		if i := wordAt(text, p.value); i >= 0 {
			list := []piece{}
			if i > 0 {
				list = b.short(entry, text[:i])
			}
			list = append(list, piece{variable: p.variable})
			if rest := text[i+len(p.value):]; rest != "" {
				list = append(list, b.short(entry, rest)...)
			}
			return list
		}
	}
	return []piece{{literal: text}}
}

// wordAt finds a value that is no part of a longer word.
func wordAt(text, value string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], value)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(value)
		if (i == 0 || !isWord(text[i-1])) && (end == len(text) || !isWord(text[end])) {
			return i
		}
		from = i + 1
	}
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c >= 0x80
}

// secret is the variable of a mark: one that a step fills, else one that the
// reader has to set.
func (b *builder) secret(mark, name, place string) string {
	if known := b.marks[mark]; known != "" {
		return known
	}
	v := b.variable(name, place)
	b.marks[mark] = v
	b.doc.Given = append(b.doc.Given, Variable{v, place})
	return v
}

// member is the name of a member of JSON, or of a field of a form, right before
// its value.
var member = regexp.MustCompile(`["']?([A-Za-z][\w.-]*)["']?\s*[:=]\s*["']?$`)

// nameBefore names a value by what stands before it.
func nameBefore(text, name string) string {
	if found := member.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return name
}
