package specs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/settings"
	"github.com/replaydiff/replay/scenarios/suite"
)

// signIn gives a guard the credentials of the bench, else those of the suite.
func (b *Bench) signIn(g *harness.Guard, of *FileSuite) error {
	from := of.content()
	source, err := b.source(g, of, suite.User{Name: "login", Auth: cmp.Or(b.auth, from.Auth), Login: from.Login})
	if source == nil && err == nil && from.AuthFrom != "" {
		source = &credential.Command{Line: from.AuthFrom}
	}
	if err != nil {
		return fmt.Errorf("credentials: %w", err)
	}
	if source != nil {
		g.Options.Keeper = credential.KeeperOf(source, &b.masker)
	}
	g.Users = map[string]*credential.Keeper{}
	for _, u := range slices.Concat(from.Users, b.users) { // the last of a name counts
		source, err := b.source(g, of, u)
		if err != nil {
			source = nobody{fmt.Errorf("user %s: %w", u.Name, err)}
		}
		if source != nil {
			g.Users[u.Name] = credential.KeeperOf(source, &b.masker)
		}
	}
	return nil
}

// source is where the credential of a user comes from, nil where nothing says.
func (b *Bench) source(g *harness.Guard, of *FileSuite, u suite.User) (credential.Source, error) {
	switch {
	case u.Auth != "":
		return credential.Parse(u.Auth, os.Getenv)
	case u.Login == nil:
		return nil, nil
	}
	login, err := settings.OfSuite(of.File, u.Name, u.Login)
	if err != nil {
		return nil, err
	}
	sender := &harness.LoginSender{Target: g.Options.Target, Capture: g.Capture, Client: b.client()}
	if login.OAuth2 != nil {
		sender.TokenHosts = []string{login.OAuth2.Host()}
		login.OAuth2.Transport = sender
		return login.OAuth2, nil
	}
	if login.Capture != "" {
		if login.Flow.Capture, err = traffic.Open(login.Capture, traffic.Options{}); err != nil {
			return nil, err
		}
		b.masker.LearnCapture(login.Flow.Capture)
	}
	login.Flow.Sender = sender
	return login.Flow, nil
}

// nobody is a user whose credential can't be read: that matters to the
// scenarios of that user alone.
type nobody struct{ err error }

func (n nobody) Fetch(context.Context) (credential.Credential, error) {
	return credential.Credential{}, n.err
}

// sign gives a guard what signs tokens.
func (b *Bench) sign(g *harness.Guard, of *FileSuite) error {
	with := b.signWith
	if with.IsZero() {
		with = of.content().SignWith
	}
	if g.Signer = b.signer; g.Signer != nil || with.IsZero() {
		return nil
	}
	signer, err := with.Signer(func(place string) ([]byte, error) {
		key, err := b.secretAt(of, place)
		return []byte(key), err
	})
	if errors.Is(err, suite.ErrMint) {
		signer, err = &credential.Mint{Line: with.Mint, Mask: &b.masker}, nil
	}
	g.Signer = signer
	return err
}

// secretAt reads the secret at a place that a scenario or a suite names. A
// relative path begins at the file of the suite.
func (b *Bench) secretAt(of *FileSuite, place string) (string, error) {
	folder := ""
	if of != nil {
		folder = filepath.Dir(of.File)
	}
	return credential.ReadPlace(place, folder, &b.masker)
}
