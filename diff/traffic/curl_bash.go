package traffic

import (
	"bytes"
	"errors"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A bashReader finds the curl commands of a shell script, wherever they
// stand. It reads the script and runs nothing.
type bashReader struct {
	*curlReader
	data   []byte
	places curlPlaces

	commands []curlCommand
	others   int                        // commands that are not curl
	fed      map[*syntax.Stmt]curlStdin // what a pipe feeds to a statement
	piped    map[*syntax.Stmt]bool      // statements whose output goes to a pipe
	helpers  map[*syntax.Stmt]bool      // statements that only feed or filter
}

func (r *curlReader) bashCommands(data []byte) []curlCommand {
	// An editor on Windows makes every line end CRLF, which a shell would
	// take for part of the words.
	if bytes.Count(data, []byte("\r\n")) == bytes.Count(data, []byte("\n")) {
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	}
	b := &bashReader{curlReader: r, data: data, places: newPlaces(data),
		fed: map[*syntax.Stmt]curlStdin{}, piped: map[*syntax.Stmt]bool{}, helpers: map[*syntax.Stmt]bool{}}
	if offset, deep := shellDepth(data); deep {
		r.failAs(ErrLimit, b.at(offset), "the shell syntax nests too deep from here on")
		return nil
	}
	script, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(data), "")
	if err != nil {
		r.fail(b.syntaxPlace(err), "%s", shellProblem(err))
		return nil
	}
	syntax.Walk(script, b.visit)
	if b.others > 0 && len(b.commands) > 0 {
		r.capture.Warnings = append(r.capture.Warnings, Warning{Entry: -1,
			Text: "commands other than curl are in this file; they were not run, and what they do is not known"})
	}
	return b.commands
}

// SyntaxPlace is where the parser gave up.
func (b *bashReader) syntaxPlace(err error) curlWord {
	if parse, ok := errors.AsType[syntax.ParseError](err); ok {
		return b.at(int(parse.Pos.Offset()))
	}
	if lang, ok := errors.AsType[syntax.LangError](err); ok {
		return b.at(int(lang.Pos.Offset()))
	}
	return b.at(0)
}

// ShellProblem says what is wrong without the parser's own words: they repeat
// parts of the script.
func shellProblem(err error) string {
	parse, _ := errors.AsType[syntax.ParseError](err)
	switch {
	case strings.Contains(parse.Text, "closing quote"):
		return "a quote is opened here and never closed; copy the whole command"
	case strings.Contains(parse.Text, "here-document"):
		return "a here-document begins here and never ends"
	}
	return "this is not the syntax of a shell; quote the URL and the values, or copy as cURL (bash) again"
}

func (b *bashReader) at(offset int) curlWord {
	line, column := b.places.at(offset)
	return curlWord{line: line, column: column}
}

// Visit is called for every node of the script, outer before inner.
func (b *bashReader) visit(node syntax.Node) bool {
	stmt, ok := node.(*syntax.Stmt)
	if !ok {
		return true
	}
	switch cmd := stmt.Cmd.(type) {
	case *syntax.BinaryCmd:
		if cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll {
			b.pipe(cmd)
		}
	case *syntax.CallExpr:
		if len(cmd.Args) > 0 && !b.helpers[stmt] {
			b.call(stmt, cmd)
		}
	}
	return true
}

// Pipe notes what the left side feeds to the right one, as far as it is known
// without running it.
func (b *bashReader) pipe(cmd *syntax.BinaryCmd) {
	left, right := lastOfPipe(cmd.X), firstOfPipe(cmd.Y)
	b.piped[left] = true
	fed := b.fed[right]
	if text, known := b.output(left, 0); known {
		fed = curlStdin{known: true, text: text}
		b.helpers[left] = true
	}
	b.fed[right] = fed
	if b.curlArgs(left) != nil {
		b.helpers[right] = b.curlArgs(right) == nil
	} else if b.curlArgs(right) != nil {
		b.helpers[left] = true
	}
}

func lastOfPipe(s *syntax.Stmt) *syntax.Stmt {
	for {
		cmd, ok := s.Cmd.(*syntax.BinaryCmd)
		if !ok || cmd.Op != syntax.Pipe && cmd.Op != syntax.PipeAll {
			return s
		}
		s = cmd.Y
	}
}

func firstOfPipe(s *syntax.Stmt) *syntax.Stmt {
	for {
		cmd, ok := s.Cmd.(*syntax.BinaryCmd)
		if !ok || cmd.Op != syntax.Pipe && cmd.Op != syntax.PipeAll {
			return s
		}
		s = cmd.X
	}
}

// Call adds the command if it is curl.
func (b *bashReader) call(stmt *syntax.Stmt, cmd *syntax.CallExpr) {
	args := b.curlArgs(stmt)
	if args == nil {
		b.others++
		return
	}
	c := curlCommand{name: b.at(int(args[0].Pos().Offset())), stdin: b.fed[stmt]}
	for _, word := range args[1:] {
		c.args = append(c.args, b.word(&c, word))
	}
	if b.piped[stmt] {
		c.warn("the output of curl goes into a pipe: what stands behind it was ignored")
	}
	if stmt.Background {
		c.warn("an unquoted & ends this command; if it belongs to the URL, quote the URL")
	}
	b.redirects(&c, stmt.Redirs)
	b.commands = append(b.commands, c)
}

// CurlArgs returns the words of a call of curl from its name on, or nil. The
// name may have a path, and a prompt or a command like sudo before it.
func (b *bashReader) curlArgs(stmt *syntax.Stmt) []*syntax.Word {
	cmd, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok {
		return nil
	}
	for i, word := range cmd.Args {
		name := word.Lit()
		if quoted := singleQuoted(word); quoted != "" {
			name = quoted
		}
		switch {
		case isCurl(name):
			return cmd.Args[i:]
		case i == 0 && isPrompt(name):
		case curlPrefix[name]:
		case i > 0 && (strings.HasPrefix(name, "-") || strings.Contains(name, "=") || isDigits(name)):
		default:
			return nil
		}
	}
	return nil
}

func singleQuoted(word *syntax.Word) string {
	if len(word.Parts) != 1 {
		return ""
	}
	switch part := word.Parts[0].(type) {
	case *syntax.SglQuoted:
		return part.Value
	case *syntax.DblQuoted:
		return (&syntax.Word{Parts: part.Parts}).Lit()
	}
	return ""
}

func isCurl(name string) bool {
	name = strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	return strings.TrimSuffix(name, ".exe") == "curl"
}

var curlPrefix = map[string]bool{
	"sudo": true, "command": true, "exec": true, "env": true, "nohup": true, "builtin": true,
	"time": true, "timeout": true, "nice": true,
}

// IsPrompt knows "$ ", "% " and "me@host:~$ " in front of a copied command.
func isPrompt(word string) bool {
	return strings.HasSuffix(word, "$") || strings.HasSuffix(word, "%") || strings.HasSuffix(word, "#")
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// Redirects takes the input of a command from its redirections. Those of the
// output change nothing.
func (b *bashReader) redirects(c *curlCommand, redirects []*syntax.Redirect) {
	for _, redirect := range redirects {
		switch redirect.Op {
		case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn:
			c.stdin = curlStdin{}
		case syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
			if text, known := b.here(redirect, c.warn); known {
				c.stdin = curlStdin{known: true, text: text}
			}
		default:
			c.warn("the output of curl is redirected: that was ignored")
		}
	}
}

// Here is the text of a here-document or a here-string.
func (b *bashReader) here(redirect *syntax.Redirect, warn warner) (text string, known bool) {
	words := wordReader{bash: b, warn: warn}
	if redirect.Op == syntax.WordHdoc {
		words.parts(redirect.Word.Parts, false)
		return words.text.String() + "\n", true
	}
	if redirect.Hdoc == nil {
		return "", true
	}
	words.heredoc = redirect.Word.Lit() != "" && !strings.Contains(redirect.Word.Lit(), `\`)
	words.raw = !words.heredoc
	words.parts(redirect.Hdoc.Parts, true)
	text = words.text.String()
	if redirect.Op == syntax.DashHdoc {
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = strings.TrimLeft(lines[i], "\t")
		}
		text = strings.Join(lines, "\n")
	}
	return text, true
}
