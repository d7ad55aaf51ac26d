package credential

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Secret is where a secret is kept: a variable, a file, or the text itself.
// The zero value is none. It prints as "env:NAME" or "file:PATH", never as the
// text.
type Secret struct {
	env, file, text string
}

// maxSecret is the length in bytes of the longest secret that is read from a
// file.
const maxSecret = 64 << 10

// ParseSecret reads "env:NAME", "file:PATH" or a text that is the secret. A
// relative path begins at folder; "" is the working directory.
func ParseSecret(text, folder string) (Secret, error) {
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		if !isVariable(name) {
			return Secret{}, errors.New("behind env: comes the name of a variable: letters, digits and _")
		}
		return Secret{env: name}, nil
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		if path == "" {
			return Secret{}, errors.New("behind file: comes a path")
		}
		if folder != "" && !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		return Secret{file: path}, nil
	}
	if name, ok := unfilled(text); ok {
		return Secret{}, fmt.Errorf("a variable that nobody filled in: write env:%s", name)
	}
	return Secret{text: text}, nil
}

// unfilled knows $NAME and ${NAME}, as a shell leaves them in single quotes. Of
// the bare form only capitals count: "$ecret" is a password.
func unfilled(text string) (name string, ok bool) {
	name, ok = strings.CutPrefix(text, "$")
	if !ok {
		return "", false
	}
	if braced, ok := strings.CutPrefix(name, "{"); ok {
		name, ok = strings.CutSuffix(braced, "}")
		return name, ok && isVariable(name)
	}
	return name, isVariable(name) && name == strings.ToUpper(name)
}

func isVariable(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c|0x20 < 'a' || 'z' < c|0x20) && (i == 0 || c < '0' || '9' < c) {
			return false
		}
	}
	return name != "" && len(name) <= 256
}

// IsZero tells whether there is no secret.
func (s Secret) IsZero() bool { return s == Secret{} }

// Literal tells whether the secret stands in the text itself.
func (s Secret) Literal() bool { return s.text != "" }

// String names where the secret is kept.
func (s Secret) String() string {
	switch {
	case s.env != "":
		return "env:" + s.env
	case s.file != "":
		return "file:" + s.file
	case s.text != "":
		return "‹secret›"
	}
	return ""
}

// Format writes String for every verb.
func (s Secret) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, s.String()) }

// A lookup reads secrets and notes what is wrong with any of them, so that all
// is told at once.
type lookup struct {
	getenv  func(string) string
	missing []string // names of variables
	errs    []error
}

func newLookup(getenv func(string) string) *lookup {
	if getenv == nil {
		getenv = os.Getenv
	}
	return &lookup{getenv: getenv}
}

// read returns a secret without the blanks around it; "" where it is missing.
func (l *lookup) read(s Secret) string {
	value := s.text
	switch {
	case s.env != "":
		value = l.getenv(s.env)
		if strings.TrimSpace(value) == "" {
			l.miss(s.env)
			return ""
		}
	case s.file != "":
		content, err := readSecretFile(s.file)
		if err != nil {
			l.errs = append(l.errs, err)
			return ""
		}
		value = content
	}
	value = strings.TrimSpace(value)
	if i := strings.IndexFunc(value, isControl); i >= 0 {
		l.errs = append(l.errs, fmt.Errorf("%s holds a line break or another control character: a header field has none", s))
		return ""
	}
	return value
}

func (l *lookup) miss(name string) {
	for _, m := range l.missing {
		if m == name {
			return
		}
	}
	l.missing = append(l.missing, name)
}

// err is all that went wrong, nil for nothing.
func (l *lookup) err() error {
	errs := l.errs
	switch len(l.missing) {
	case 0:
	case 1:
		errs = append(errs, fmt.Errorf("the variable %s is not set, or empty: export it", l.missing[0]))
	default:
		last := len(l.missing) - 1
		errs = append(errs, fmt.Errorf("the variables %s and %s are not set, or empty: export them", strings.Join(l.missing[:last], ", "), l.missing[last]))
	}
	return errors.Join(errs...)
}

func isControl(r rune) bool { return r < 0x20 && r != '\t' || r == 0x7f }

func readSecretFile(path string) (string, error) {
	content, err := readBounded(path)
	if err != nil {
		return "", err
	}
	content = bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\ufeff")))
	if len(content) == 0 {
		return "", fmt.Errorf("file:%s is empty", path)
	}
	return string(content), nil
}

// readBounded reads a file that is not longer than a secret can be.
func readBounded(path string) ([]byte, error) {
	f, err := openWithin(path, pipePatience)
	if err != nil {
		return nil, fmt.Errorf("file:%s: %w", path, reason(err))
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("file:%s: %w", path, reason(err))
	case len(content) > maxSecret:
		return nil, fmt.Errorf("file:%s is longer than %d KiB: that is no secret", path, maxSecret>>10)
	}
	return content, nil
}

// pipePatience is how long a named pipe is waited for. One of the shell, as in
// file:/dev/fd/63, has its writer from the start, who may take his time.
const pipePatience = 10 * time.Second

// openWithin opens a file; a named pipe that nobody opens for writing would be
// waited for without end, and it may be a suite of strangers that names it.
func openWithin(path string, patience time.Duration) (*os.File, error) {
	if info, err := os.Stat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		return os.Open(path)
	}
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		f, err := os.Open(path)
		done <- opened{f, err}
	}()
	select {
	case o := <-done:
		return o.file, o.err
	case <-time.After(patience):
		return nil, fmt.Errorf("a pipe that nobody wrote to for %s", patience)
	}
}

// reason is what went wrong with a file, without its name.
func reason(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
