package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/settings"
)

// credentialFlags say who the requests are sent as.
type credentialFlags struct {
	auth, authFrom, login string
	everywhere            bool
}

func (f *credentialFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.auth, "auth", "", "send this in place of recorded credentials: `'Bearer env:TOKEN'`, 'Basic user:env:PW', 'X-Api-Key: env:KEY'")
	flags.StringVar(&f.authFrom, "auth-from", "", "send what this `command` prints in their place; run once, and again on a 401")
	flags.StringVar(&f.login, "login", "", "log in as .replay.yaml beside the capture says under this `name`")
	flags.BoolVar(&f.everywhere, "auth-everywhere", false, "send them with requests too that were recorded without")
	cmd.MarkFlagsMutuallyExclusive("auth", "auth-from", "login")
}

// keeper is what holds the credentials, nil where the recorded ones are sent.
func (f *sendFlags) keeper(c *traffic.Capture, target harness.Target, read *readFlags) (*credential.Keeper, error) {
	source, err := f.source(c, target, read)
	if source == nil || err != nil {
		return nil, err
	}
	return &credential.Keeper{Source: source}, nil
}

func (f *sendFlags) source(c *traffic.Capture, target harness.Target, read *readFlags) (credential.Source, error) {
	switch {
	case f.auth != "":
		source, err := credential.Parse(f.auth, os.Getenv)
		if err != nil {
			return nil, fmt.Errorf("--auth: %w", err)
		}
		return source, nil
	case f.authFrom != "":
		return &credential.Command{Line: f.authFrom}, nil
	case f.login != "":
		return f.loginSource(c, target, read)
	}
	return nil, nil
}

// loginSource reads the login that was named, and gives it what sends it.
func (f *sendFlags) loginSource(c *traffic.Capture, target harness.Target, read *readFlags) (credential.Source, error) {
	if c.File == "-" {
		return nil, errors.New("--login: the capture is read from standard input, so no .replay.yaml lies beside it")
	}
	s, err := settings.Open(filepath.Join(filepath.Dir(c.File), settings.File))
	if err != nil {
		return nil, err
	}
	login, err := s.Login(f.login)
	if err != nil {
		return nil, err
	}
	client, err := f.client()
	if err != nil {
		return nil, err
	}
	sender := &harness.LoginSender{Target: target, Capture: c, Client: client}
	if login.OAuth2 != nil {
		sender.TokenHosts = []string{login.OAuth2.Host()}
		login.OAuth2.Transport = sender
		return login.OAuth2, nil
	}
	if login.Capture != "" {
		if login.Flow.Capture, err = traffic.Open(login.Capture, traffic.Options{Limits: read.limits, Partial: read.partial}); err != nil {
			return nil, err
		}
	}
	login.Flow.Sender = sender
	return login.Flow, nil
}
