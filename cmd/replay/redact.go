package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

const redactHelp = `redact writes a capture in its own format without its secrets: passwords, tokens,
cookies, keys, signatures, in headers, URLs, bodies (forms, JSON, XML, multipart,
Base64, compressed), WebSocket messages, page titles, comments and fields that
only their recorder knows. A secret found once is replaced everywhere.

Each becomes a mark such as masked-token-482913377: the same secret has the same
mark, another one another. Status, challenges, header and cookie names, cookie
attributes, paths and the claims iss, aud, exp, nbf, iat and scope of a JWT stay,
so that the cause of a failure can still be found. Redact both captures of a pair
in one call, or with the same --key.

--check writes nothing: it lists the places that hold what looks like a secret,
for a pre-commit hook or CI. OUT can be IN, or - for standard output.

Exit codes: 0 written, or nothing found; 1 --check found a secret; 2 trouble.`

type redactFlags struct {
	readFlags
	key   string
	also  []string
	check bool
}

func redactCommand() *cobra.Command {
	var f redactFlags
	cmd := &cobra.Command{
		Use:   "redact IN OUT [IN OUT]...",
		Short: "take the secrets out of a capture, and keep what it shows",
		Long:  redactHelp,
		Example: `  replay redact bad.har bad.redacted.har
  replay redact ok.har ok.redacted.har bad.har bad.redacted.har
  replay redact --key env:REDACT_KEY --also pii bad.har bad.redacted.har
  replay redact --check testdata/*.har`,
		GroupID: "captures",
		Args:    f.wantFiles,
		RunE:    f.run,
	}
	f.readFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.key, "key", "", "make marks the same in each run with this `secret`: env:NAME, file:PATH or the text itself; random by default")
	flags.StringSliceVar(&f.also, "also", nil, "mask more: `pii` for e-mail addresses and phone numbers")
	flags.BoolVar(&f.check, "check", false, "list what looks like a secret in each file, and write nothing")
	_ = cmd.RegisterFlagCompletionFunc("also", cobra.FixedCompletions([]string{"pii"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *redactFlags) wantFiles(cmd *cobra.Command, args []string) error {
	switch {
	case f.check && len(args) == 0:
		return fmt.Errorf("redact --check takes the files to look into, got none: %s --check FILE", cmd.CommandPath())
	case !f.check && (len(args) == 0 || len(args)%2 != 0):
		return fmt.Errorf("redact takes pairs of files, got %d: %s IN OUT", len(args), cmd.CommandPath())
	}
	return nil
}

func (f *redactFlags) run(cmd *cobra.Command, args []string) (err error) {
	redactor, err := f.redactor()
	if err != nil {
		return err
	}
	var in, out []string
	for i, name := range args {
		if f.check || i%2 == 0 {
			in = append(in, name)
		} else {
			out = append(out, name)
		}
	}
	if err := distinct(out); err != nil {
		return err
	}
	captures, err := f.openAll(cmd, in)
	for _, c := range captures {
		defer c.Close()
	}
	if err != nil {
		return err
	}
	if f.check {
		return checkSecrets(cmd.OutOrStdout(), redactor, captures)
	}
	for _, c := range captures {
		redactor.Learn(c)
	}
	for i, c := range captures {
		if err := writeRedacted(cmd.OutOrStdout(), redactor, c, out[i]); err != nil {
			return err
		}
	}
	return nil
}

// distinct tells where one output would replace another.
func distinct(files []string) error {
	for i, name := range files {
		if slices.Contains(files[:i], name) {
			return fmt.Errorf("%s: it is the OUT of two captures", name)
		}
	}
	return nil
}

// openAll reads all captures and reports the mistakes of all.
func (f *redactFlags) openAll(cmd *cobra.Command, files []string) ([]*traffic.Capture, error) {
	var captures []*traffic.Capture
	var wrong []error
	for i, name := range files {
		if name == "-" && slices.Contains(files[:i], "-") {
			return captures, errors.New("standard input can be one of the captures, not two")
		}
		c, err := f.open(cmd, name)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		captures = append(captures, c)
	}
	return captures, errors.Join(wrong...)
}

func writeRedacted(stdout io.Writer, r *mask.Redactor, c *traffic.Capture, name string) error {
	redacted, err := r.Capture(c)
	if err != nil {
		return err
	}
	if name == "-" {
		return traffic.Write(stdout, redacted, c.Format)
	}
	return writeShared(name, func(w io.Writer) error { return traffic.Write(w, redacted, c.Format) })
}

func checkSecrets(out io.Writer, r *mask.Redactor, captures []*traffic.Capture) error {
	var unread []error
	places := 0
	for _, c := range captures {
		found, err := r.Find(c)
		unread = append(unread, err)
		places += len(found)
		for _, place := range found {
			fmt.Fprintln(out, place)
		}
	}
	if err := errors.Join(unread...); err != nil {
		return err
	}
	if places == 0 {
		return nil
	}
	fmt.Fprintf(out, "\n%d %s with what looks like a secret: replay redact IN OUT masks them\n", places, plural(places, "place"))
	return errDiffers
}

func (f *redactFlags) redactor() (*mask.Redactor, error) {
	r := &mask.Redactor{}
	for _, what := range f.also {
		if what != "pii" {
			return nil, fmt.Errorf("--also %s: it can be pii, for e-mail addresses and phone numbers", what)
		}
		r.Personal = true
	}
	key, err := keyOf(f.key)
	r.Key = key
	return r, err
}

// keyOf reads the key of --key; a random one where none is given.
func keyOf(given string) ([]byte, error) {
	if given == "" {
		key := make([]byte, 32)
		_, _ = rand.Read(key) // never fails
		return key, nil
	}
	key := given
	if name, ok := strings.CutPrefix(given, "env:"); ok {
		if key = os.Getenv(name); key == "" {
			return nil, fmt.Errorf("--key env:%s: the variable is not set", name)
		}
	}
	if name, ok := strings.CutPrefix(given, "file:"); ok {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("--key: %w", err)
		}
		if key = strings.TrimSpace(string(text)); key == "" {
			return nil, fmt.Errorf("--key file:%s: the file is empty", name)
		}
	}
	return []byte(key), nil
}
