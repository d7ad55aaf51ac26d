package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

const redactHelp = `redact writes a capture in its own format without its secrets: passwords, tokens,
cookies, keys, signatures, in headers, URLs, bodies (forms, JSON, XML, multipart,
Base64, compressed), WebSocket messages, page titles, comments and fields that
only their recorder knows. A secret found once is replaced everywhere.

Each becomes a mark such as masked-token-482913377-kd3xq7: the same secret has the
same mark, another one another, and its end tells which key made it. Status,
challenges, header and cookie names, cookie attributes, paths and the claims iss,
aud, exp, nbf, iat and scope of a JWT stay, so that the cause of a failure can
still be found. Redact both captures of a pair in one call, or with the same --key.

--check writes nothing: it lists the places that hold what looks like a secret,
for a pre-commit hook or CI. OUT can be IN, or - for standard output.

Exit codes: 0 written, or nothing found; 1 --check found a secret; 2 trouble.`

type redactFlags struct {
	readFlags
	marks markFlags
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
	cmd.Flags().BoolVar(&f.check, "check", false, "list what looks like a secret in each file, and write nothing")
	f.marks.add(cmd, "else a new one in each run, which nobody can know")
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
	redactor, err := f.marks.redactor(keyOfRun)
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
		if slices.ContainsFunc(files[:i], func(other string) bool { return other == name || isSame(other, name) }) {
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
			if _, err := fmt.Fprintln(out, place); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(unread...); err != nil {
		return err
	}
	if places == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(out, "\n%d %s with what looks like a secret: replay redact IN OUT masks them\n", places, plural(places, "place")); err != nil {
		return err
	}
	return errDiffers
}
