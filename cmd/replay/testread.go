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
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/suite"
)

func (g *guarded) close() {
	g.guard.Close()
	for _, c := range append([]*traffic.Capture{g.guard.Capture}, g.signIn.recorded...) {
		if c != nil {
			_ = c.Close() // it was only read
		}
	}
}

// read makes a suite ready: its capture, its credentials, its keys. Flags go
// before what the file says.
func (f *testFlags) read(cmd *cobra.Command, file string, masker *mask.Masker) (*guarded, error) {
	s, err := openSuite(file)
	if err != nil {
		return nil, err
	}
	capture, err := f.readFlags.open(cmd, beside(file, s.Capture))
	if err != nil {
		return nil, fmt.Errorf("%s: capture: %w", file, err)
	}
	masker.LearnCapture(capture)
	g := &guarded{file: file, cases: s.Cases(), guard: &harness.Guard{Capture: capture, Seed: f.seed}}
	sending := f.sendFlags
	g.credentials(s, &sending)
	if len(s.AllowUnsafe) > 0 && !cmd.Flags().Changed("allow-unsafe") {
		sending.unsafe = strings.Join(s.AllowUnsafe, ",")
	}
	g.signIn = &signIn{flags: &sending, read: &f.readFlags, masker: masker}
	options, errPlan := sending.planOptions()
	runner, errRunner := sending.runner()
	if err := errors.Join(errPlan, errRunner); err != nil {
		return g, err
	}
	options.Target.Base = f.target
	if options.Target.Base == "" && len(f.maps) == 0 {
		options.Target.Base = s.Target
	}
	runner.Masker = masker
	g.guard.Runner, g.guard.Options = *runner, options
	g.guard.Secret = func(place string) (string, error) { return credential.ReadPlace(place, filepath.Dir(file), masker) }
	if g.guard.Signer, err = g.signer(s.SignWith, masker); err != nil {
		return g, fmt.Errorf("%s: %w", file, err)
	}
	open := func(name string) (*traffic.Capture, error) { return f.readFlags.open(cmd, name) }
	if g.policy, err = policyCases(file, s, capture, open); err != nil {
		return g, err
	}
	return g, g.users(s, masker)
}

// credentials are those of the flags, else those of the suite.
func (g *guarded) credentials(s *suite.Suite, sending *sendFlags) {
	if sending.auth == "" && sending.authFrom == "" && sending.login == "" {
		sending.auth, sending.authFrom = s.Auth, s.AuthFrom
		g.login = s.Login
		sending.ofSuite = s.Login != nil
	}
}

// users gives the guard the credentials of all users.
func (g *guarded) users(s *suite.Suite, masker *mask.Masker) error {
	var err error
	if g.guard.Options.Keeper, err = g.signIn.keeper(g.guard.Capture, g.guard.Options.Target); err != nil {
		return fmt.Errorf("%s: %w", g.file, err)
	}
	g.guard.Users = map[string]*credential.Keeper{}
	var wrong []error
	if g.login != nil {
		source, err := g.loggedIn("suite", g.login)
		wrong = append(wrong, err)
		g.guard.Options.Keeper = credential.KeeperOf(source, masker)
	}
	for _, u := range s.Users {
		source, err := g.user(u)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: user %s: %w", g.file, u.Name, err))
			continue
		}
		g.guard.Users[u.Name] = credential.KeeperOf(source, masker)
	}
	return errors.Join(wrong...)
}

func (g *guarded) user(u suite.User) (credential.Source, error) {
	if u.Login != nil {
		return g.loggedIn(u.Name, u.Login)
	}
	return credential.Parse(u.Auth, os.Getenv)
}

// loggedIn is a login that the suite describes.
func (g *guarded) loggedIn(name string, l *suite.Login) (credential.Source, error) {
	login, err := settings.OfSuite(g.file, name, l)
	if err != nil {
		return nil, err
	}
	source, _, err := g.signIn.through(login, g.guard.Capture, g.guard.Options.Target)
	return source, err
}

func openSuite(file string) (*suite.Suite, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	s, err := suite.Read(r, file)
	if err != nil && isCapture(file) {
		return nil, fmt.Errorf("%s is a capture, and no suite: replay new %s -o NAME.replay.yaml writes one", file, file)
	}
	return s, err
}

// isCapture tells whether a file that can't be read as a suite is one that suites
// are made of.
func isCapture(file string) bool {
	c, err := traffic.Open(file, traffic.Options{})
	if err != nil {
		return false
	}
	defer c.Close()
	return len(c.Exchanges) > 0
}

// beside is a file as it is named in another: relative to that one's folder.
func beside(file, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(file), filepath.FromSlash(name))
}

func (g *guarded) signer(w suite.SignWith, masker *mask.Masker) (scenarios.Signer, error) {
	signer, err := w.Signer(func(place string) ([]byte, error) {
		key, err := g.guard.Secret(place)
		return []byte(key), err
	})
	if errors.Is(err, suite.ErrMint) {
		return &credential.Mint{Line: w.Mint, Mask: masker}, nil
	}
	return signer, err
}
