package credential

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// ReadPlace reads what stands at the place of a secret, "env:NAME" or
// "file:PATH", and makes it known to the masker; keys in PEM are such secrets,
// too. Line ends behind it are left out, for editors add them. A relative path
// begins at folder; "" is the working directory.
func ReadPlace(place, folder string, m *mask.Masker) (string, error) {
	s, err := ParseSecret(filepath.FromSlash(place), folder)
	var content []byte
	switch {
	case err != nil:
		return "", err
	case s.env != "":
		content = []byte(os.Getenv(s.env))
	case s.file != "":
		if content, err = readBounded(s.file); err != nil {
			return "", err
		}
	default:
		return "", errors.New(`a secret is named by its place: "env:NAME" or "file:PATH"`)
	}
	value := strings.TrimRight(string(content), "\r\n")
	if value == "" {
		return "", fmt.Errorf("%s is empty, or not set", s)
	}
	m.Learn(value, "secret")
	return value, nil
}
