package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/replaydiff/replay/diff/spelling"
)

// A verb is what some commands do.
type verb struct {
	id, title string
	commands  []purpose
}

// A purpose says of a command when it is the one to take: "you want …". No two
// may be the answer to the same question.
type purpose struct{ command, when string }

// The verbs, in the order in which they rest on each other.
var verbs = []verb{
	{"diff", "diff: what changed", []purpose{
		{"diff", "you have a capture that works and one that fails, and want to know what changed, cause first."},
	}},
	{"explain", "explain: why it fails", []purpose{
		{"explain", "you want the cause alone, or have the failing capture only, or the logs of the servers too."},
		{"causes", "you want to read what a cause is, how it is told from others, and how it is mended."},
	}},
	{"prove", "prove: see it fail, in live requests", []purpose{
		{"run", "you want to know whether the recorded flow still works against a server today."},
		{"compare", "a proxy or a server is to be replaced, and the new one has to answer as the old one does."},
		{"isolate", "the failing request differs in many things, and you want to know which of them breaks it."},
		{"through", "you want to know what a proxy does to requests and answers, without asking the app."},
	}},
	{"guard", "guard: that it stays so", []purpose{
		{"new", "something was mended, and a suite shall find it when it breaks again."},
		{"test", "you have such a suite, and the app or the proxy before it has changed."},
		{"watch", "users are logged out, or a server is flooded with refused calls, and you suspect the client."},
	}},
	{"captures", "captures: get them, read them, pass them on", []purpose{
		{"record", "you need a capture: of a browser, with what its own export leaves out, or of any other client."},
		{"show", "you want to see what is in a capture, or to read it with another program."},
		{"convert", "another tool needs another format, or the team needs sample requests to read."},
		{"redact", "a capture has to leave your machine: for an issue, a colleague, a repository."},
		{"serve", "you want the recorded answers without the server: for a page you work on, or a client under test."},
		{"merge", "a replay was run in shards, and you need one report of all."},
		{"rates", "you want to know since when, where and for whom requests are refused, from many captures or logs."},
	}},
}

// whenToUse is the purpose of a command; "" for those of cobra.
func whenToUse(name string) string {
	for _, v := range verbs {
		for _, p := range v.commands {
			if p.command == name {
				return p.when
			}
		}
	}
	return ""
}

// commandHelp is the help of one command: what it does, when to use it, its
// examples and flags.
func commandHelp(w io.Writer, cmd *cobra.Command) error {
	out := bufio.NewWriter(w)
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	fmt.Fprintf(out, "%s\n\n", strings.TrimRight(text, " \t\n"))
	if when := whenToUse(cmd.Name()); when != "" {
		const use = "Use it when "
		fmt.Fprintf(out, "%s%s\n\n", use, wrapped(when, len(use)))
	}
	fmt.Fprint(out, cmd.UsageString())
	return out.Flush()
}

// addHelp gives every command help of the same shape, and mistyped commands and
// flags an answer that names the nearest.
func addHelp(root *cobra.Command) {
	for _, v := range verbs {
		root.AddGroup(&cobra.Group{ID: v.id, Title: v.title})
	}
	root.SetFlagErrorFunc(flagMistake)
	root.CompletionOptions.HiddenDefaultCmd = true // the last line of the help names it
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		write := commandHelp
		if cmd == root {
			write = overview
		}
		_ = write(cmd.OutOrStdout(), cmd) // who reads help sees that it is cut off
	})
	root.Args = func(_ *cobra.Command, args []string) error { return commandMistake(root, args) }
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}

// helpWidth is how wide help is, in columns.
const helpWidth = 80

// wrapped breaks a sentence that begins in a column into lines.
func wrapped(text string, column int) string {
	var b strings.Builder
	for i, word := range strings.Fields(text) {
		switch {
		case i > 0 && column+1+len(word) > helpWidth:
			b.WriteByte('\n')
			column = 0
		case i > 0:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// overview is the help of replay itself: the commands by verb, each with an
// example.
func overview(w io.Writer, root *cobra.Command) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s\n\nUsage:\n  replay COMMAND [flags]\n", root.Long)
	for _, v := range verbs {
		fmt.Fprintf(out, "\n%s\n", v.title)
		for _, p := range v.commands {
			cmd, _, err := root.Find([]string{p.command})
			if err != nil || cmd == root {
				continue
			}
			example, _, _ := strings.Cut(strings.TrimSpace(cmd.Example), "\n")
			fmt.Fprintf(out, "  %-9s %s\n  %-9s   $ %s\n", cmd.Name(), cmd.Short, "", example)
		}
	}
	fmt.Fprint(out, "\n  replay COMMAND --help      when to use it, more examples, its flags and exit codes\n"+
		"  replay completion bash     completes commands, flags, files and causes in a shell\n"+
		"  replay --version\n")
	return out.Flush()
}

// commandMistake answers a word that is no command.
func commandMistake(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	word := args[0]
	if _, err := os.Stat(word); err == nil || strings.Contains(word, ".") {
		verb := "explain"
		if len(args) > 1 {
			verb = "diff"
		}
		return fmt.Errorf("%s looks like a file, and the command is missing; did you mean: replay %s %s", word, verb, strings.Join(args, " "))
	}
	var names []string
	for _, cmd := range root.Commands() {
		if !cmd.Hidden {
			names = append(names, cmd.Name())
		}
	}
	if near := nearestWord(names, word); near != "" {
		return fmt.Errorf("unknown command %q; did you mean: replay %s", word, strings.Join(append([]string{near}, args[1:]...), " "))
	}
	return fmt.Errorf("unknown command %q; replay --help lists them", word)
}

// flagMistake answers a flag that a command does not have, or that has no value.
func flagMistake(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := nearestWord(names, unknown.GetSpecifiedName()); near != "" {
			return fmt.Errorf("%w; did you mean --%s", err, near)
		}
	}
	return fmt.Errorf("%w; %s --help lists the flags", err, cmd.CommandPath())
}

// nearestWord is the word that begins so, else the one most like it; "" where
// none is.
func nearestWord(words []string, word string) string {
	const fewest = 3 // letters that a beginning has
	if i := slices.IndexFunc(words, func(w string) bool { return len(word) >= fewest && strings.HasPrefix(w, word) }); i >= 0 {
		return words[i]
	}
	return spelling.Nearest(word, words)
}
