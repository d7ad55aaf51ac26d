package specs

import (
	"crypto/tls"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/suite"
)

// An Option changes how a bench tries scenarios. Options don't depend on their
// order.
type Option func(*choices)

// choices are the options of a bench.
type choices struct {
	unsafe    harness.Unsafe
	maps      []mapping
	auth      string
	users     []suite.User
	signWith  suite.SignWith
	signer    scenarios.Signer
	tls       func() *tls.Config
	seed      uint64
	within    time.Duration
	ignore    diff.Ignore
	configure []func(*harness.Guard)
}

type mapping struct {
	from string
	to   func() string
}

// AllowUnsafe lets POST, PUT and other methods be sent that change things on
// the server: all of them, or those that are named. Without it a flow is played
// by its GET, HEAD and OPTIONS alone, and one that needs its login is not
// testable.
func AllowUnsafe(methods ...string) Option {
	return func(s *choices) {
		s.unsafe.All = s.unsafe.All || len(methods) == 0
		s.unsafe.Methods = append(s.unsafe.Methods, methods...)
	}
}

// Map sends the requests of one recorded origin ("https://api.example.com") to
// another server than the target. What is not mapped and not of the main origin
// of the capture is not sent.
func Map[T string | func() string](recorded string, to T) Option {
	return func(s *choices) { s.maps = append(s.maps, mapping{recorded, later[string](to)}) }
}

// Auth sends a credential in place of the recorded one, as --auth takes it:
// "Bearer env:TOKEN", "Basic user:env:PW", "X-Api-Key: env:KEY",
// "cookie:sid=env:SID". Variables are read when a spec runs.
func Auth(credential string) Option { return func(s *choices) { s.auth = credential } }

// AsUser names a further user for suite.Scenario.ByUsers, with a credential as
// of [Auth].
func AsUser(name, credential string) Option {
	return func(s *choices) { s.users = append(s.users, suite.User{Name: name, Auth: credential}) }
}

// Sign tells where the key is that tokens of scenarios are signed with, as the
// target trusts them: suite.SignWith{HS256: "env:KEY"}. It is read when a spec
// runs.
func Sign(with suite.SignWith) Option { return func(s *choices) { s.signWith = with } }

// SignedBy signs the tokens of scenarios with a key that the test itself holds:
// specs.SignedBy(specs.HS256(key)).
func SignedBy(signer scenarios.Signer) Option { return func(s *choices) { s.signer = signer } }

// HS256 makes a signer of a key that the test and its server share.
func HS256(key []byte) scenarios.Signer {
	signer, err := suite.SignWith{HS256: "file:"}.Signer(func(string) ([]byte, error) { return key, nil })
	if err != nil {
		return noSigner{err}
	}
	return signer
}

// A noSigner tells what is wrong with a key where the key is used.
type noSigner struct{ err error }

func (n noSigner) Algorithm() string                { return "" }
func (n noSigner) Sign(_, _ []byte) (string, error) { return "", n.err }

// TLS is how the target is reached over https: the certificates that are
// trusted, and that of the client. Of an httptest server it is a function:
//
//	specs.TLS(func() *tls.Config { return server.Client().Transport.(*http.Transport).TLSClientConfig })
func TLS[T *tls.Config | func() *tls.Config](config T) Option {
	return func(s *choices) { s.tls = later[*tls.Config](config) }
}

// Seed changes what scenarios make up: values of tokens, names. The same seed
// makes the same up; the default is 0 in every run.
func Seed(seed uint64) Option { return func(s *choices) { s.seed = seed } }

// Within ends each scenario after that time, as failed. Without it a request has
// 30 seconds; Ginkgo's NodeTimeout does the same for a spec.
func Within(d time.Duration) Option { return func(s *choices) { s.within = d } }

// Ignore calls differences between the recorded and the live answers noise, by
// patterns of their paths as of diff.Ignore: "response.body/meta/**".
func Ignore(paths ...string) Option {
	return func(s *choices) { s.ignore = append(s.ignore, paths...) }
}

// Configure has the last word on everything that package harness can do and
// that has no option here: g.Options.Target.KeepHost, g.Runner.Rate. It is
// called once for each guard that is made.
func Configure(change func(g *harness.Guard)) Option {
	return func(s *choices) { s.configure = append(s.configure, change) }
}

// client is the one that reaches the target, nil where the default will do.
func (s *choices) client() *wire.Client {
	if s.tls == nil {
		return nil
	}
	return &wire.Client{TLS: s.tls().Clone()}
}
