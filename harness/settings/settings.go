// Package settings reads a .replay.yaml, the file beside captures that holds
// what a team agreed on: differences to ignore, and logins.
//
//	ignore:
//	  - response.header.x-build
//	logins:
//	  service:                      # client credentials; with refresh-token the refresh grant
//	    oauth2:
//	      token-url: https://id.example.com/oauth/token
//	      client-id: replay
//	      client-secret: env:CLIENT_SECRET
//	      scopes: [orders.read]
//	  person:                       # requests to the target, in order
//	    requests:
//	      - request: GET /login
//	        take: {csrf: response.body.csrf_token}
//	      - request: POST /login
//	        form: {user: demo, password: env:SHOP_PASSWORD, csrf_token: "{csrf}"}
//	  app:                          # a recorded login, and where its answers have the token
//	    capture: login.har
//	    take: response.body/access_token
//	    set: {request.header.authorization: "Bearer {}"}
//
// In reading order: [Open] reads the file, [Settings] is what it holds, and
// [Settings.Login] picks one. All mistakes are told at once, each with its line
// and column. A file names no command and nothing that is run.
package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/harness/credential"
)

// File is the name of the file, which is looked for beside a capture.
const File = ".replay.yaml"

// Settings are what a file holds. The zero value is an empty one.
type Settings struct {
	File   string // as given to Read
	Ignore diff.Ignore
	Logins []Login // in the order of the file
}

// A Login is one of two kinds. What sends its requests is to be put in by the
// caller: OAuth2.Transport, or Flow.Sender.
type Login struct {
	Name    string
	OAuth2  *credential.OAuth2
	Flow    *credential.Login
	Capture string // path of the recorded login that is to be read into Flow.Capture, "" none
}

// maxFile is the length in bytes of the longest file.
const maxFile = 1 << 20

// Open reads a file; one that does not exist is empty.
func Open(file string) (*Settings, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Settings{File: file}, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // nobody named it, so that one that blocks or never ends is not waited for
		return nil, fmt.Errorf("%s is no regular file: take it away, or put one in its place", file)
	}
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	return Read(file, text)
}

// Read reads the text of a file; file is its name in messages and what
// relative paths in it are relative to.
func Read(file string, text []byte) (*Settings, error) {
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s is longer than %d KiB", file, maxFile>>10)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	s := &Settings{File: file}
	if err := decoder.Decode(&document); err != nil {
		if err.Error() == "EOF" { // nothing but comments
			return s, nil
		}
		return nil, fmt.Errorf("%s: %s", file, reason(err))
	}
	r := &reader{file: file, folder: filepath.Dir(file)}
	if len(document.Content) == 1 {
		r.settings(document.Content[0], s)
	}
	var more yaml.Node
	if decoder.Decode(&more) == nil {
		r.wrong(&more, "a second document: the file is one")
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return s, nil
}

// reason is the parser's. Of the file it repeats names of anchors alone, which
// are left out.
func reason(err error) string {
	text := strings.TrimPrefix(oneLine(err), "yaml: ")
	if strings.Contains(text, "anchor") {
		text, _, _ = strings.Cut(text, " '")
	}
	return text
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// Login returns the login of that name; the error names the nearest.
func (s *Settings) Login(name string) (Login, error) {
	var names []string
	for _, l := range s.Logins {
		if l.Name == name {
			return l, nil
		}
		names = append(names, l.Name)
	}
	if len(names) == 0 {
		return Login{}, fmt.Errorf("--login %s: %s has no logins: write them below \"logins:\"", name, s.File)
	}
	if meant := spelling.Nearest(name, names); meant != "" {
		return Login{}, fmt.Errorf("--login %s: %s has no such login; did you mean %s?", name, s.File, meant)
	}
	return Login{}, fmt.Errorf("--login %s: %s has %s", name, s.File, strings.Join(names, ", "))
}
