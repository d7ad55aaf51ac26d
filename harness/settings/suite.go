package settings

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/replaydiff/replay/scenarios/suite"
)

// OfSuite returns a login that a suite describes, ready for what sends its
// requests: one of the .replay.yaml beside the suite, or the suite's own. File is
// the suite's, to which paths in it are relative; name is the user's, for
// messages.
func OfSuite(file, name string, l *suite.Login) (Login, error) {
	if l.Name != "" {
		s, err := Open(filepath.Join(filepath.Dir(file), File))
		if err != nil {
			return Login{}, err
		}
		return s.Login(l.Name)
	}
	text, err := l.YAML()
	if err != nil {
		return Login{}, fmt.Errorf("%s: login: %w", file, err)
	}
	indented := strings.ReplaceAll(strings.TrimRight(string(text), "\n"), "\n", "\n    ")
	s, err := Read(file, []byte("logins:\n  login:\n    "+indented+"\n"))
	if err != nil {
		return Login{}, fmt.Errorf("%s: login: %w", file, withoutPlaces(err))
	}
	login := s.Logins[0]
	login.Name = name
	switch {
	case login.OAuth2 != nil:
		login.OAuth2.Name = name
	default:
		login.Flow.Name = name
	}
	return login, nil
}

// withoutPlaces leaves lines and columns out: they are those of a text that
// nobody sees.
func withoutPlaces(err error) error {
	var lines []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if _, text, ok := strings.Cut(line, ": "); ok {
			line = text
		}
		lines = append(lines, line)
	}
	return errors.New(strings.Join(lines, "; "))
}
