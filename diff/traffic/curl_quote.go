package traffic

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// BashQuote quotes a word for a POSIX-like shell with $'…' (bash, zsh, ksh,
// POSIX.1-2024). Nothing in it is expanded, on the prompt ("!") neither.
func bashQuote(s string) string {
	switch {
	case needsAnsiC(s):
		return "$'" + ansiCEscape(s) + "'"
	case s != "" && strings.Trim(s, plainInShell) == "":
		return s
	}
	return "'" + s + "'"
}

const plainInShell = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.,:/@%+"

// NeedsAnsiC tells what simple quotes can't hold, or not so that it can be
// printed: a quote, the "!" of an interactive shell, and whatever [Visible]
// would change, for that would be another value.
func needsAnsiC(s string) bool {
	return strings.ContainsAny(s, "'!") || Visible(s) != s
}

// AnsiCEscape escapes for $'…', so that it can be printed. A hexadecimal escape
// would run into the digits behind it, so bytes are octal, three digits always.
func ansiCEscape(s string) string {
	var b strings.Builder
	var sight Sight
	for i := 0; i < len(s); {
		c, n := utf8.DecodeRuneInString(s[i:])
		seen := sight.Sees(c)
		switch {
		case s[i] == '\'' || s[i] == '\\':
			b.WriteByte('\\')
			b.WriteByte(s[i])
		case s[i] == '\n':
			b.WriteString(`\n`)
		case s[i] == '\r':
			b.WriteString(`\r`)
		case s[i] == '\t':
			b.WriteString(`\t`)
		case c == '!' || c == utf8.RuneError || !seen || isRunnerCommand(s, i):
			for _, octet := range []byte(s[i : i+n]) {
				fmt.Fprintf(&b, `\%03o`, octet)
			}
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}
