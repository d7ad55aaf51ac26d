package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/userkey"
)

// markFlags say how the marks are made that stand for secrets in a file.
type markFlags struct {
	key  string
	also []string
	name string // of the flag of the key
}

// add adds --key and --also. A command that has a --key already, that of its
// TLS certificate, gets --mark-key in its place, so it is called last.
func (f *markFlags) add(cmd *cobra.Command, otherwise string) {
	flags := cmd.Flags()
	f.name = "key"
	if flags.Lookup(f.name) != nil {
		f.name = "mark-key"
	}
	flags.StringVar(&f.key, f.name, "", "make the marks of secrets with this `secret`: env:NAME, file:PATH or the text itself; "+otherwise)
	flags.StringSliceVar(&f.also, "also", nil, "mask more in what is written: `pii` for e-mail addresses and phone numbers")
	_ = cmd.RegisterFlagCompletionFunc("also", cobra.FixedCompletions([]string{"pii"}, cobra.ShellCompDirectiveNoFileComp))
}

// redactor makes marks with the key that was given, else with that of otherwise.
func (f *markFlags) redactor(otherwise func() []byte) (*mask.Redactor, error) {
	r := &mask.Redactor{}
	for _, what := range f.also {
		if what != "pii" {
			return nil, fmt.Errorf("--also %s: it can be pii, for e-mail addresses and phone numbers", what)
		}
		r.Personal = true
	}
	if f.key == "" {
		r.Key = otherwise()
		return r, nil
	}
	key, err := f.keyOf(f.key)
	r.Key = key
	return r, err
}

// keyOf reads the value of the flag.
func (f *markFlags) keyOf(given string) ([]byte, error) {
	key := given
	if name, ok := strings.CutPrefix(given, "env:"); ok {
		if key = os.Getenv(name); key == "" {
			return nil, fmt.Errorf("--%s env:%s: the variable is not set", f.name, name)
		}
	}
	if name, ok := strings.CutPrefix(given, "file:"); ok {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", f.name, err)
		}
		if key = strings.TrimSpace(string(text)); key == "" {
			return nil, fmt.Errorf("--%s file:%s: the file is empty", f.name, name)
		}
	}
	return []byte(key), nil
}

// keyOfRun is the key of captures that are given away: no one has it afterwards.
func keyOfRun() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return key
}

// writtenFlags are the flags of every command that writes captures. Secrets in
// them become marks, those of the user's own key where none is given.
type writtenFlags struct {
	marks markFlags
	cmd   *cobra.Command
	show  *pflag.Flag
}

// showSecretsFlag turns all masking off.
const showSecretsFlag = "dangerously-show-secrets"

// add adds --key (--mark-key where the command has a --key of its own), --also
// and, where the command has it not yet, --dangerously-show-secrets: it is the
// last to add flags.
func (f *writtenFlags) add(cmd *cobra.Command) {
	f.cmd = cmd
	f.marks.add(cmd, "else your own, of replay/marks.key in your configuration folder")
	if cmd.Flags().Lookup(showSecretsFlag) == nil {
		cmd.Flags().Bool(showSecretsFlag, false, "write tokens, cookies and passwords as captured")
	}
	f.show = cmd.Flags().Lookup(showSecretsFlag)
}

// redactor masks what is written; nil with --dangerously-show-secrets.
func (f *writtenFlags) redactor() (*mask.Redactor, error) {
	r, err := f.marks.redactor(f.ownKey)
	if err != nil || f.shown() {
		return nil, err
	}
	return r, nil
}

func (f *writtenFlags) shown() bool { return f.show != nil && f.show.Value.String() == "true" }

// ownKey is that of the user; where it can't be kept, that is said.
func (f *writtenFlags) ownKey() []byte {
	key, err := userkey.Marks()
	if err != nil && !f.shown() {
		fmt.Fprintf(f.cmd.ErrOrStderr(), "replay: %s\n", mask.Visible(fmt.Sprintf("the key of marks can't be kept, so they can be compared within this run alone (--%s names one): %v", f.marks.name, err)))
	}
	return key
}

// redactedCopies are captures as they may be written, marked alike: what is a secret
// in one of them, or in one of learnt, is one in all. With a nil redactor they
// are the captures themselves.
func redactedCopies(r *mask.Redactor, captures []*traffic.Capture, learnt ...*traffic.Capture) ([]*traffic.Capture, error) {
	if r == nil {
		return captures, nil
	}
	for _, c := range append(learnt, captures...) {
		r.Learn(c)
	}
	var out []*traffic.Capture
	for _, c := range captures {
		masked, err := r.Capture(c)
		if err != nil {
			return nil, err
		}
		out = append(out, masked)
	}
	return out, nil
}

// writeCapture writes a capture that stays with its user, with marks or without:
// for the eyes of the owner alone. What is to be given away is redacted with
// another key, by replay redact.
func writeCapture(name string, c *traffic.Capture, format traffic.Format) error {
	return writeFile(name, func(w io.Writer) error { return traffic.Write(w, c, format) })
}
