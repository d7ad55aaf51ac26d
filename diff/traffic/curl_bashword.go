package traffic

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A warner takes a remark on a command.
type warner func(format string, args ...any)

// A wordReader undoes the quoting of a word. Expansions stay as written: what
// they stand for is known to the shell alone.
type wordReader struct {
	bash    *bashReader
	warn    warner
	heredoc bool // the text of a here-document whose delimiter is not quoted
	raw     bool // … and of one whose delimiter is
	depth   int

	text    strings.Builder
	unknown bool
}

func (b *bashReader) word(c *curlCommand, word *syntax.Word) curlWord {
	words := wordReader{bash: b, warn: c.warn}
	words.parts(word.Parts, false)
	out := b.at(int(word.Pos().Offset()))
	out.text, out.unknown = words.text.String(), words.unknown
	if len(word.Parts) == 1 && words.unknown {
		_, quoted := word.Parts[0].(*syntax.DblQuoted)
		out.bare = !quoted
	}
	return out
}

func (w *wordReader) parts(parts []syntax.WordPart, quoted bool) {
	for _, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
			w.literal(part.Value, quoted)
		case *syntax.SglQuoted:
			if part.Dollar {
				w.text.WriteString(ansiC(part.Value, false))
			} else {
				w.text.WriteString(part.Value)
			}
		case *syntax.DblQuoted:
			w.parts(part.Parts, true)
		default:
			w.expansion(part)
		}
	}
}

// Literal removes backslashes. In double quotes they escape a few characters
// only (POSIX.1-2024, XCU 2.2.3), in a here-document even the quote is not
// among them.
func (w *wordReader) literal(s string, quoted bool) {
	if w.raw {
		w.text.WriteString(s)
		return
	}
	if !quoted && strings.Contains(s, "{") && (strings.Contains(s, ",") || strings.Contains(s, "..")) {
		w.warn("unquoted braces are left as they stand, where a shell would expand them; quote them")
	}
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			w.text.WriteByte(s[i])
			continue
		}
		next := s[i+1]
		switch {
		case next == '\n':
			i++
		case !quoted, strings.IndexByte("$`\\", next) >= 0, next == '"' && !w.heredoc:
			i++
			w.text.WriteByte(next)
		default:
			w.text.WriteByte('\\')
		}
	}
}

// Expansion keeps $VAR, $(command) and `command` as they are written, but for
// $(cat <<EOF), which is only a way to quote.
func (w *wordReader) expansion(part syntax.WordPart) {
	if subst, ok := part.(*syntax.CmdSubst); ok && len(subst.Stmts) == 1 {
		if text, known := w.bash.output(subst.Stmts[0], w.depth+1); known {
			w.bash.helpers[subst.Stmts[0]] = true
			w.text.WriteString(strings.TrimRight(text, "\n"))
			return
		}
	}
	w.unknown = true
	w.text.Write(w.bash.data[part.Pos().Offset():part.End().Offset()])
	w.warn("an expansion of the shell ($NAME, $(command)) can't be known: it is kept as written")
}

// Output is what a command prints, where that is plain from its text: cat of
// a here-document, echo and printf of literals.
func (b *bashReader) output(stmt *syntax.Stmt, depth int) (text string, known bool) {
	cmd, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok || len(cmd.Args) == 0 || len(cmd.Assigns) > 0 || depth > 4 {
		return "", false
	}
	silent := func(string, ...any) {}
	var args []string
	for _, word := range cmd.Args {
		words := wordReader{bash: b, warn: silent, depth: depth}
		words.parts(word.Parts, false)
		if words.unknown {
			return "", false
		}
		args = append(args, words.text.String())
	}
	switch {
	case args[0] == "cat" && len(args) == 1 && len(stmt.Redirs) == 1 && isHere(stmt.Redirs[0].Op):
		unknown := false
		text, _ = b.here(stmt.Redirs[0], func(string, ...any) { unknown = true })
		return text, !unknown
	case len(stmt.Redirs) > 0:
		return "", false
	case args[0] == "echo":
		return echo(args[1:])
	case args[0] == "printf" && len(args) == 2:
		return printf(args[1])
	}
	return "", false
}

func isHere(op syntax.RedirOperator) bool {
	return op == syntax.Hdoc || op == syntax.DashHdoc || op == syntax.WordHdoc
}

func echo(args []string) (text string, known bool) {
	end := "\n"
	if len(args) > 0 && args[0] == "-n" {
		args, end = args[1:], ""
	}
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		return "", false
	}
	return strings.Join(args, " ") + end, true
}

// Printf knows a format without conversions.
func printf(format string) (text string, known bool) {
	plain := strings.ReplaceAll(format, "%%", "")
	stops := strings.Contains(strings.ReplaceAll(format, `\\`, ""), `\c`) // "\c" ends the output
	if strings.Contains(plain, "%") || strings.HasPrefix(format, "-") || stops {
		return "", false
	}
	return ansiC(strings.ReplaceAll(format, "%%", "%"), true), true
}
