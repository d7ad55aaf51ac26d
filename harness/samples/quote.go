package samples

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// easy is a text that is itself between double quotes.
var easy = regexp.MustCompile(`^[A-Za-z0-9 _./:?&=%,+@{}()\[\]*;~#^|<>-]*$`)

// argument writes pieces as one argument of bash. Nothing in a literal can end
// it, or be taken for a variable; an interactive bash reads no history in it.
func argument(pieces []piece) string {
	pieces = joined(pieces)
	plain, variables := true, false
	for _, p := range pieces {
		plain = plain && easy.MatchString(p.literal)
		variables = variables || p.variable != ""
	}
	var b strings.Builder
	if plain && variables {
		b.WriteByte('"')
		for _, p := range pieces {
			if p.variable == "" {
				b.WriteString(p.literal)
			} else {
				fmt.Fprintf(&b, "${%s}", p.variable)
			}
		}
		b.WriteByte('"')
		return bare.ReplaceAllString(b.String(), "$$$1$2")
	}
	for _, p := range pieces {
		if p.variable != "" {
			fmt.Fprintf(&b, `"$%s"`, p.variable)
		} else if p.literal != "" {
			b.WriteString(quoted(p.literal))
		}
	}
	if b.Len() == 0 {
		return "''"
	}
	return b.String()
}

// joined makes one of neighbouring literals.
func joined(pieces []piece) []piece {
	var list []piece
	for _, p := range pieces {
		if n := len(list); n > 0 && p.variable == "" && list[n-1].variable == "" {
			list[n-1].literal += p.literal
			continue
		}
		list = append(list, p)
	}
	return list
}

// bare is a variable whose name ends where it stands, so that it needs no
// braces.
var bare = regexp.MustCompile(`\$\{([A-Z0-9_]+)\}([^A-Za-z0-9_\[])`)

// quoted is a literal in single quotes, or in bash's own where it holds what
// can't be seen (bash, section "ANSI-C Quoting").
func quoted(text string) string {
	if !strings.ContainsFunc(text, hidden) && utf8.ValidString(text) {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == utf8.RuneError && n == 1 || hidden(r):
			for _, c := range []byte(text[i : i+n]) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteString(text[i : i+n])
		}
		i += n
	}
	b.WriteByte('\'')
	return b.String()
}

// hidden tells what a reader would not see, or that ends a line.
func hidden(r rune) bool { return !unicode.IsPrint(r) }
