package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// ErrNotTestable is returned where an honest injection takes something that
// was not given. An edit without it would be another cause.
var ErrNotTestable = errors.New("not testable")

// Live is what an injection into a flow that will be sent has at hand.
type Live struct {
	Signer Signer // makes tokens that the target trusts; nil: none

	// Secret resolves "env:NAME"; nil: there are no secrets.
	Secret func(place string) (string, error)

	ClientCertificate bool // the run presents one

	moves Moves
}

// A Signer makes tokens that the target trusts.
type Signer interface {
	// Algorithm is the alg that it signs with; "" is any.
	Algorithm() string

	// Sign returns a token in compact form with that header and those claims,
	// both JSON objects.
	Sign(header, claims []byte) (string, error)
}

// InjectLive tells how the cause is put into a flow that will be sent. Flow
// holds the requests as they would be sent, with live credentials. The error
// is ErrCannotInject where the flow has no place for the cause, and
// ErrNotTestable where something is missing.
func (c *Cause) InjectLive(in *Injection) (*Moves, error) {
	if c.Enforced == ByCapture || c.Inject == nil {
		return nil, fmt.Errorf("%w: %s is about the capture; nothing is sent for it", ErrNotTestable, c.ID)
	}
	if in.Live == nil {
		in.Live = &Live{}
	}
	before := in.Flow.Exchanges
	in.share()
	in.Server = Informative // what a server says can't be chosen
	in.With = c.withDefaults(in.With)
	in.Live.moves = Moves{}
	inject := c.Live
	if inject == nil {
		inject = c.Inject
	}
	if err := inject(in); err != nil {
		return nil, err
	}
	m := in.Live.moves
	if len(in.Flow.Exchanges) == len(before) {
		m.Edits = requestEdits(before, in.Flow.Exchanges)
	}
	if len(m.Edits) == 0 && c.ID != "no-difference" && m.still() {
		return nil, cannot("nothing in the request would change")
	}
	return &m, nil
}

// still tells moves that move nothing.
func (m *Moves) still() bool {
	return len(m.Drop) == 0 && len(m.Before) == 0 && m.Burst == 0 && len(m.Damage) == 0 && m.Visit == nil && !m.NoCertificate
}

// requestEdits are the changes of requests between two flows of one length.
func requestEdits(before, after []*traffic.Exchange) map[int][]diff.Edit {
	edits := map[int][]diff.Edit{}
	for i, x := range before {
		if x == after[i] {
			continue
		}
		changed := *x
		changed.Request = after[i].Request
		if list := diff.Between(x, &changed); len(list) > 0 {
			edits[i] = list
		}
	}
	return edits
}

func (c *Cause) withDefaults(given map[string]string) map[string]string {
	with := maps.Clone(given)
	if with == nil {
		with = map[string]string{}
	}
	for _, p := range c.Parameters {
		if _, is := with[p.Name]; !is && p.Default != "" {
			with[p.Name] = p.Default
		}
	}
	return with
}

// pick returns the index of the parameter's choice in a list, else a made-up
// one.
func (in *Injection) pick(parameter string, choices ...string) int {
	if i := slices.Index(choices, in.With[parameter]); i >= 0 {
		return i
	}
	return in.Rand.IntN(len(choices))
}

func (in *Injection) duration(parameter string) time.Duration {
	d, err := time.ParseDuration(in.With[parameter])
	if err != nil || d <= 0 {
		return time.Hour
	}
	return d
}

func (in *Injection) number(parameter string, otherwise int) int {
	if n, err := strconv.Atoi(in.With[parameter]); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// secret resolves a parameter that names a secret; false: it was not given.
func (in *Injection) secret(parameter string) (string, bool, error) {
	place := in.With[parameter]
	if place == "" {
		return "", false, nil
	}
	if in.Live.Secret == nil {
		return "", false, fmt.Errorf("%w: %s: nothing resolves secrets here", ErrNotTestable, parameter)
	}
	value, err := in.Live.Secret(place)
	if err != nil {
		return "", false, fmt.Errorf("%w: %s: %w", ErrNotTestable, parameter, err)
	}
	if strings.TrimSpace(value) == "" {
		return "", false, fmt.Errorf("%w: %s: %s is empty", ErrNotTestable, parameter, place)
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return "", false, fmt.Errorf("%w: %s: %s holds more than one line", ErrNotTestable, parameter, place)
	}
	return value, true, nil
}

// Lacking is the error of a thing that was not given. It is ErrNotTestable.
type Lacking struct {
	Any    []Need // any of them will do
	Reason string // why it can't be done without
}

func (m *Lacking) Error() string {
	return ErrNotTestable.Error() + ": needs " + m.What() + ": " + m.Reason
}

// What says what is to be given: "sign-with or with: {token: env:NAME}".
func (m *Lacking) What() string {
	var words []string
	for _, n := range m.Any {
		words = append(words, n.Doc())
	}
	return strings.Join(words, " or ")
}

func (m *Lacking) Unwrap() error { return ErrNotTestable }

func needs(reason string, any ...Need) error { return &Lacking{any, reason} }

func (in *Injection) damage(d Damage) error {
	in.Live.moves.Damage = append(in.Live.moves.Damage, d)
	return nil
}
