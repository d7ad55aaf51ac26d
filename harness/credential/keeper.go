package credential

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

var (
	// ErrRefused is returned where a renewed credential was refused as well, or
	// the source has no other.
	ErrRefused = errors.New("the credential is refused")
	// ErrGivenUp is returned once fetching failed too often.
	ErrGivenUp = errors.New("gave up")
)

// Keeper holds one credential for all workers: fetched once, renewed at 75 % of
// its lifetime, and once more when it is refused. It is safe for concurrent
// use and must not be copied.
type Keeper struct {
	Source  Source
	Now     func() time.Time // nil: time.Now
	Tries   int              // failed fetches in a row until it gives up, 0: 3
	Timeout time.Duration    // of one fetch, 0: 2 minutes

	// PerClient tells that the source begins sessions: what one client does to
	// its own (a logout, another CSRF token) must not happen to that of others.
	// Trials and scenarios then fetch one for each client; a run, whose sessions
	// may be many, shares one.
	PerClient bool

	mu      sync.Mutex
	current Credential
	have    bool
	due     time.Time // when to renew, zero: never
	serial  uint64
	flight  *flight // the fetch that is under way

	refusal time.Time // when current was fetched because its predecessor was refused, zero: it was not
	worked  bool      // current was accepted since
	useless string    // why fetching another one is pointless, "": it is not

	failures int
	failure  error // the last one
}

const (
	defaultTries   = 3
	defaultTimeout = 2 * time.Minute
	// minUse is how long a credential that replaced a refused one has to have
	// been in use for its own refusal to mean that it ended, too.
	minUse = time.Minute
)

// Another is a keeper of the same source that has fetched nothing yet.
func (k *Keeper) Another() *Keeper {
	return &Keeper{Source: k.Source, Now: k.Now, Tries: k.Tries, Timeout: k.Timeout, PerClient: k.PerClient}
}

// Get returns the credential to send. While one worker renews it, the others
// go on with the old one for as long as it is valid.
func (k *Keeper) Get(ctx context.Context) (Credential, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := clock(k.Now)
	if k.have && (k.due.IsZero() || now.Before(k.due) || k.flight != nil && k.valid(now)) {
		return k.current, nil
	}
	err := k.fetch(ctx, false)
	if err != nil && !(k.valid(clock(k.Now)) && ctx.Err() == nil) {
		return Credential{}, err
	}
	return k.current, nil
}

// valid tells whether the current credential may still be sent.
func (k *Keeper) valid(now time.Time) bool {
	return k.have && (k.due.IsZero() || now.Before(k.current.Expires))
}

// Refused is called with the credential that a 401 answered to. It returns
// another one to try once: freshly fetched, or fetched by another worker in the
// meantime. ErrRefused says that trying again is pointless.
func (k *Keeper) Refused(ctx context.Context, used Credential) (Credential, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case !k.have:
		return Credential{}, fmt.Errorf("%w: it is none of this keeper", ErrRefused)
	case k.useless != "":
		return Credential{}, k.refused()
	case used.serial != k.current.serial:
		return k.current, nil
	case !k.refusal.IsZero() && (!k.worked || clock(k.Now).Sub(k.refusal) < minUse):
		k.useless = "and so is the one that was fetched in its place: it is not meant for this target, or lacks a right"
		return Credential{}, k.refused()
	}
	if err := k.fetch(ctx, true); err != nil {
		return Credential{}, err
	}
	if k.current.serial == used.serial {
		k.useless = "and its source has no other: give a fresh one"
		return Credential{}, k.refused()
	}
	return k.current, nil
}

// refused is the error of a credential that stays refused.
func (k *Keeper) refused() error {
	expired := ""
	if end := k.current.Expires; !end.IsZero() && end.Before(clock(k.Now)) {
		expired = fmt.Sprintf("; it expired at %s", end.UTC().Format(time.RFC3339))
	}
	return fmt.Errorf("%w (401), %s%s", ErrRefused, k.useless, expired)
}

// Worked is called with a credential that another answer than a refusal came
// to: only then may one that replaced a refused one be replaced after its own
// refusal.
func (k *Keeper) Worked(used Credential) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if used.serial == k.current.serial {
		k.worked = true
	}
}

// store makes a fetched credential the current one. A source that gives the
// same again has no other: it is not asked for another by the clock.
func (k *Keeper) store(c Credential, refused bool) {
	now := clock(k.Now)
	k.failures, k.failure = 0, nil
	if k.have && k.current.Same(c) {
		k.due = dueAt(c, now)
		if !c.Expires.After(k.current.Expires) {
			k.due = time.Time{}
		}
		k.current.Expires = c.Expires
		return
	}
	k.serial++
	c.serial = k.serial
	if c.Issued.IsZero() {
		c.Issued = now
	}
	k.current, k.have = c, true
	k.due = dueAt(c, now)
	k.worked, k.useless, k.refusal = false, "", time.Time{}
	if refused {
		k.refusal = now
	}
}

// dueAt is the time at which 75 % of what is left of a lifetime are over. One
// that is over already, by a clock that may be wrong, is left to the server.
func dueAt(c Credential, now time.Time) time.Time {
	if !c.Expires.After(now) {
		return time.Time{}
	}
	return now.Add(c.Expires.Sub(now) / 4 * 3)
}

// failed notes a fetch that failed. A credential that is still valid is tried
// to be renewed again after half of what is left.
func (k *Keeper) failed(err error) {
	k.failures++
	k.failure = err
	now := clock(k.Now)
	if k.have && k.current.Expires.After(now) {
		k.due = now.Add(k.current.Expires.Sub(now) / 2)
	}
}

// givenUp is the error once there is no sense in fetching.
func (k *Keeper) givenUp() error {
	tries := k.Tries
	if tries <= 0 {
		tries = defaultTries
	}
	switch {
	case k.failure == nil:
		return nil
	case errors.Is(k.failure, ErrPermanent):
		return k.failure
	case k.failures >= tries:
		return fmt.Errorf("%w after %d tries, so that no account gets locked: %w", ErrGivenUp, k.failures, k.failure)
	}
	return nil
}
