package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/settings"
)

// credentialFlags say who the requests are sent as.
type credentialFlags struct {
	auth, authFrom, login string
	everywhere            bool
	ofSuite               bool // none of these: a suite has a login of its own
}

func (f *credentialFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.auth, "auth", "", "send this in place of recorded credentials: `'Bearer env:TOKEN'`, 'Basic user:env:PW', 'X-Api-Key: env:KEY'")
	flags.StringVar(&f.authFrom, "auth-from", "", "send what this `command` prints in their place; run once, and again on a 401")
	flags.StringVar(&f.login, "login", "", "log in as .replay.yaml beside the capture says under this `name`")
	flags.BoolVar(&f.everywhere, "auth-everywhere", false, "send them with requests too that were recorded without")
}

func (f *credentialFlags) check() error {
	var given []string
	for _, flag := range []struct{ name, value string }{{"--auth", f.auth}, {"--auth-from", f.authFrom}, {"--login", f.login}} {
		if flag.value != "" {
			given = append(given, flag.name)
		}
	}
	switch {
	case len(given) > 1:
		return fmt.Errorf("%s: each gives the credentials, leave one of them", strings.Join(given, " and "))
	case len(given) == 0 && f.everywhere && !f.ofSuite:
		return errors.New("--auth-everywhere without credentials: give them with --auth, --auth-from or --login")
	}
	return nil
}

// A signIn is where the credentials of all plans of a command come from.
type signIn struct {
	flags  *sendFlags
	read   *readFlags
	masker *mask.Masker

	shared   *credential.Keeper // of all plans
	senders  []*harness.LoginSender
	oauth2   *credential.OAuth2
	recorded []*traffic.Capture // logins, to be closed
}

// keeper is what holds the credentials of a plan, nil where the recorded ones
// are sent. A session belongs to the target that began it, and may be ended by
// a logout of its flow: each plan logs in for itself. All else is fetched once.
func (s *signIn) keeper(c *traffic.Capture, target harness.Target) (*credential.Keeper, error) {
	if s.shared != nil {
		return s.shared, nil
	}
	source, shared, err := s.source(c, target)
	if source == nil || err != nil {
		return nil, err
	}
	k := credential.KeeperOf(source, s.masker)
	if shared {
		s.shared = k
	}
	return k, nil
}

func (s *signIn) source(c *traffic.Capture, target harness.Target) (source credential.Source, shared bool, err error) {
	switch {
	case s.flags.auth != "":
		source, err = credential.Parse(s.flags.auth, os.Getenv)
		return source, true, err
	case s.flags.authFrom != "":
		return &credential.Command{Line: s.flags.authFrom}, true, nil
	case s.flags.login != "":
		return s.named(c, target)
	}
	return nil, false, nil
}

// named reads the login of --login.
func (s *signIn) named(c *traffic.Capture, target harness.Target) (credential.Source, bool, error) {
	if c.File == "-" {
		return nil, false, errors.New("--login: the capture is read from standard input, so no .replay.yaml lies beside it")
	}
	file, err := settings.Open(filepath.Join(filepath.Dir(c.File), settings.File))
	if err != nil {
		return nil, false, err
	}
	login, err := file.Login(s.flags.login)
	if err != nil {
		return nil, false, err
	}
	return s.through(login, c, target)
}

// through gives a login what sends it.
func (s *signIn) through(login settings.Login, c *traffic.Capture, target harness.Target) (credential.Source, bool, error) {
	client, err := s.flags.client()
	if err != nil {
		return nil, false, err
	}
	sender := &harness.LoginSender{Target: target, Capture: c, Client: client}
	s.senders = append(s.senders, sender)
	if login.OAuth2 != nil {
		sender.TokenHosts = []string{login.OAuth2.Host()}
		login.OAuth2.Transport = sender
		s.oauth2 = login.OAuth2
		return login.OAuth2, true, nil
	}
	if login.Capture != "" {
		if login.Flow.Capture, err = traffic.Open(login.Capture, traffic.Options{Limits: s.read.limits, Partial: s.read.partial}); err != nil {
			return nil, false, fmt.Errorf("--login %s: %w", login.Name, err)
		}
		s.recorded = append(s.recorded, login.Flow.Capture)
		s.masker.LearnCapture(login.Flow.Capture)
	}
	login.Flow.Sender = sender
	return login.Flow, false, nil
}

// requests is how many requests all logins were.
func (s *signIn) requests() (n int) {
	for _, sender := range s.senders {
		n += sender.Requests()
	}
	return n
}

// rotated is a warning where the next run needs another refresh token.
func (s *signIn) rotated() string {
	if s.oauth2 == nil || !s.oauth2.Rotated() {
		return ""
	}
	name := "--login " + s.flags.login
	if s.flags.login == "" { // of a suite
		name = "the login " + s.oauth2.Name
	}
	return fmt.Sprintf("%s: the server handed out another refresh token, so the one of the settings is spent: get a new one before the next run", name)
}
