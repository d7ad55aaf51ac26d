package main

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"mvdan.cc/sh/v3/syntax"
)

// commands are those that a user sees.
func commands(t *testing.T) []*cobra.Command {
	t.Helper()
	var list []*cobra.Command
	for _, cmd := range rootCommand().Commands() {
		if cmd.Name() != "completion" && !cmd.Hidden {
			list = append(list, cmd)
		}
	}
	if len(list) < 14 {
		t.Fatalf("only %d commands were found", len(list))
	}
	return list
}

// TestEveryCommandIsExplained: what it does, when to use it, examples, exit
// codes; all in one shape.
func TestEveryCommandIsExplained(t *testing.T) {
	seen := map[string]string{}
	for _, cmd := range commands(t) {
		t.Run(cmd.Name(), func(t *testing.T) {
			if !slices.ContainsFunc(verbs, func(v verb) bool {
				return v.id == cmd.GroupID && slices.ContainsFunc(v.commands, func(p purpose) bool { return p.command == cmd.Name() })
			}) {
				t.Errorf("it is of no verb, or its GroupID %q is another", cmd.GroupID)
			}
			when := whenToUse(cmd.Name())
			switch {
			case cmd.Short == "", cmd.Example == "":
				t.Error("it has no summary or no example")
			case !exitCodes.MatchString(cmd.Long):
				t.Error("its help does not tell the exit codes")
			case !strings.HasPrefix(cmd.Long, cmd.Name()+" "):
				t.Error("its help does not begin with its name and what it does")
			case !strings.HasSuffix(when, "."):
				t.Error("whenToUse does not say when to use it, or not in a sentence")
			case seen[when] != "":
				t.Errorf("it is for the same as %s", seen[when])
			}
			seen[when] = cmd.Name()
			for line := range strings.SplitSeq(cmd.Long, "\n") {
				if len([]rune(line)) > 84 {
					t.Errorf("a line is wider than a terminal: %s", line)
				}
			}
			var out bytes.Buffer
			if code := run([]string{cmd.Name(), "--help"}, nil, &out, io.Discard); code != exitSame {
				t.Errorf("--help ends with %d", code)
			}
			at := 0
			for _, part := range []string{cmd.Name() + " ", "Use it when ", "Usage:\n", "Examples:\n", "Flags:\n"} {
				next := strings.Index(out.String()[at:], part)
				if next < 0 {
					t.Errorf("%q is not in its help, or not in its place:\n%s", part, out.String())
					break
				}
				at += next
			}
		})
	}
	for _, v := range verbs {
		for _, p := range v.commands {
			if !slices.ContainsFunc(commands(t), func(c *cobra.Command) bool { return c.Name() == p.command }) {
				t.Errorf("%s is told of, and there is no such command", p.command)
			}
		}
	}
}

var exitCodes = regexp.MustCompile(`Exit codes: [^0-9]*0[^0-9](.|\n)*\b2\s|Exit codes: those of the merged report, 2 `)

// TestExamplesParse: the flags of every example exist and take these values, and
// so many arguments are taken.
func TestExamplesParse(t *testing.T) {
	for _, documented := range commands(t) {
		for line := range strings.SplitSeq(strings.TrimSpace(documented.Example), "\n") {
			file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
			if err != nil {
				t.Errorf("%s: %q is no shell: %v", documented.Name(), line, err)
				continue
			}
			found := false
			syntax.Walk(file, func(node syntax.Node) bool {
				call, ok := node.(*syntax.CallExpr)
				if !ok || len(call.Args) == 0 || wordText(call.Args[0]) != "replay" {
					return true
				}
				found = true
				var args []string
				for _, word := range call.Args[1:] {
					args = append(args, wordText(word))
				}
				cmd, rest, err := rootCommand().Find(args)
				if err == nil {
					err = cmd.ParseFlags(rest)
				}
				if err == nil {
					err = cmd.ValidateArgs(cmd.Flags().Args())
				}
				if err != nil || cmd.Name() != documented.Name() {
					t.Errorf("%s: %q is of %s: %v", documented.Name(), line, cmd.Name(), err)
				}
				return true
			})
			if !found {
				t.Errorf("%s: %q does not call replay", documented.Name(), line)
			}
		}
	}
}

func wordText(w *syntax.Word) string {
	var b strings.Builder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(p.Value)
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			b.WriteString(wordText(&syntax.Word{Parts: p.Parts}))
		}
	}
	return b.String()
}

// TestOverview: replay alone, and with --help, tells all commands by verb, each
// with an example.
func TestOverview(t *testing.T) {
	var bare, help bytes.Buffer
	if code := run(nil, nil, &bare, io.Discard); code != exitSame {
		t.Errorf("replay alone ends with %d", code)
	}
	if code := run([]string{"--help"}, nil, &help, io.Discard); code != exitSame || bare.String() != help.String() {
		t.Error("replay alone is not replay --help")
	}
	text, at := help.String(), 0
	for _, verb := range verbs {
		next := strings.Index(text[at:], "\n"+verb.title+"\n")
		if next < 0 {
			t.Fatalf("%s is not there, or not in its place:\n%s", verb.id, text)
		}
		at += next
		for _, cmd := range commands(t) {
			if cmd.GroupID == verb.id && !strings.Contains(text[at:], "\n  "+cmd.Name()+" ") {
				t.Errorf("%s is not below %s", cmd.Name(), verb.id)
			}
		}
	}
	for _, cmd := range commands(t) {
		if !strings.Contains(text, "$ replay "+cmd.Name()) && !strings.Contains(text, "| replay "+cmd.Name()) {
			t.Errorf("%s has no example", cmd.Name())
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if len([]rune(line)) > 100 {
			t.Errorf("a line is too wide: %s", line)
		}
	}
}

// TestMistypes: the nearest is named, and the line to type where it can be.
func TestMistypes(t *testing.T) {
	for _, row := range []struct{ reason, args, says string }{
		{"a letter is missing", "dif ok.har bad.har", "did you mean: replay diff ok.har bad.har"},
		{"the beginning of a command", "conv a b", "did you mean: replay convert a b"},
		{"nothing like it", "zzzzzzz", "replay --help lists them"},
		{"files without a command", "help_test.go help.go", "did you mean: replay diff help_test.go help.go"},
		{"one file without a command", "no-such.har", "did you mean: replay explain no-such.har"},
		{"a flag with a letter too much", "diff --formatt json a b", "did you mean --format"},
		{"a flag of another command", "show --probe a", "replay show --help lists the flags"},
		{"a flag without its value", "diff a b --format", "needs an argument"},
		{"a cause", "causes expired-tokn", "did you mean: replay causes expired-token"},
	} {
		var stderr bytes.Buffer
		if code := run(strings.Fields(row.args), nil, io.Discard, &stderr); code != exitTrouble || !strings.Contains(stderr.String(), row.says) {
			t.Errorf("%s: exit code %d: %s", row.reason, code, stderr.String())
		}
	}
}
