package credential

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// Login fetches a credential by sending requests as a user's client would: a
// recorded login, or requests that are written down.
type Login struct {
	Name    string
	Capture *traffic.Capture // a recorded login; nil: Steps
	Steps   []Step

	// Take names what is found in the answers, the last first, and Set where it
	// goes in the requests of the replay; with a Take alone it is Bearer in
	// Authorization. The cookies that the login set are part of the credential in
	// any case.
	Take []Take
	Set  []Set

	Getenv func(string) string // nil: os.Getenv
	Sender Sender              // must be given
	Now    func() time.Time    // nil: time.Now
}

// A Sender sends the requests of a login to the target of a replay, and to no
// other host.
type Sender interface {
	// Replay sends a recorded login, with live values in place of the recorded
	// ones, and returns what happened: the exchanges that were answered, by the
	// URLs that cookies are stored by.
	Replay(ctx context.Context, login *traffic.Capture) (*traffic.Capture, error)

	// Session begins a session without cookies.
	Session() Session
}

// A Session sends requests one after the other, with the cookies that earlier
// answers set. Send returns the exchange, and behind it those that redirects
// within the origin led to. The URL of a request may be a path with its query.
type Session interface {
	Send(ctx context.Context, r *traffic.Request) ([]*traffic.Exchange, error)
}

// Fetch logs in.
func (l *Login) Fetch(ctx context.Context) (Credential, error) {
	c, err := l.fetch(ctx)
	return fetchedBy(ctx, l.Name, c, err)
}

// fetchedBy names the login in the error of a fetch. The end of the context is
// told as it is.
func fetchedBy(ctx context.Context, login string, c Credential, err error) (Credential, error) {
	switch {
	case err == nil:
		return c, nil
	case ctx.Err() != nil:
		return Credential{}, ctx.Err()
	}
	return Credential{}, fmt.Errorf("login %s: %w", login, err)
}

func (l *Login) fetch(ctx context.Context) (Credential, error) {
	if l.Sender == nil {
		return Credential{}, errors.New("no sender for its requests")
	}
	answers, values, err := l.send(ctx)
	if err != nil {
		return Credential{}, err
	}
	lifetime, err := l.take(answers, values)
	if err != nil {
		return Credential{}, err
	}
	return l.credential(answers, values, lifetime)
}

// send sends what the login consists of.
func (l *Login) send(ctx context.Context) ([]*traffic.Exchange, map[string]string, error) {
	if l.Capture == nil {
		return l.walk(ctx)
	}
	live, err := l.Sender.Replay(ctx, l.Capture)
	if err != nil {
		return nil, nil, err
	}
	if len(live.Exchanges) == 0 {
		return nil, nil, errors.New("none of its requests was answered")
	}
	last := live.Exchanges[len(live.Exchanges)-1]
	if recorded := l.Capture.Exchanges[len(l.Capture.Exchanges)-1]; !isRefusal(recorded) && isRefusal(last) {
		return nil, nil, refusedAt(last, "the recorded login")
	}
	return live.Exchanges, map[string]string{}, nil
}

// take finds what Take names. The first lifetime that came beside one is that
// of all.
func (l *Login) take(answers []*traffic.Exchange, values map[string]string) (time.Duration, error) {
	var lifetime time.Duration
	var errs []error
	for _, t := range l.Take {
		value, ends, err := t.find(answers)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		values[t.Name] = value
		if lifetime == 0 {
			lifetime = ends
		}
	}
	return lifetime, errors.Join(errs...)
}

func (l *Login) credential(answers []*traffic.Exchange, values map[string]string, lifetime time.Duration) (Credential, error) {
	set := l.Set
	if len(set) == 0 && len(l.Take) > 0 {
		set = []Set{{Path: "request.header.authorization", Template: "Bearer {" + l.Take[0].Name + "}"}}
	}
	c, err := fill(set, values)
	if err != nil {
		return Credential{}, err
	}
	for _, x := range answers {
		if x.Response == nil {
			continue
		}
		for _, line := range x.Response.Header.Values("set-cookie") {
			c.SetCookies = append(c.SetCookies, SetCookie{URL: x.Request.URL, Value: line, Date: dateOf(x)})
		}
	}
	if c.Empty() {
		return Credential{}, fmt.Errorf("its answers set no cookie, and it has no take: name where the token is, such as take: response.body/access_token; %w", ErrPermanent)
	}
	date := time.Time{}
	if len(answers) > 0 {
		date = dateOf(answers[len(answers)-1])
	}
	return timed(c, clock(l.Now), lifetime, date), nil
}

func dateOf(x *traffic.Exchange) time.Time {
	if x.Response == nil {
		return time.Time{}
	}
	date, _ := http.ParseTime(x.Response.Header.Get("date"))
	return date
}

// isRefusal tells answers that say no to a login.
func isRefusal(x *traffic.Exchange) bool {
	return x.Response == nil || x.Response.Status >= 400 || x.Response.Status == 0 || diff.OutcomeOf(x).Ending == diff.LoginRedirect || sentBack(x)
}

// sentBack tells a form that was refused by a redirect to itself with a word of
// error: /login to /login?error.
func sentBack(x *traffic.Exchange) bool {
	from := x.Request.ParsedURL()
	to, err := url.Parse(x.Response.Header.Get("location"))
	if from == nil || err != nil || x.Response.Status < 300 || to.Path != from.Path {
		return false
	}
	query := strings.ToLower(to.RawQuery)
	return strings.Contains(query, "error") || strings.Contains(query, "fail") || strings.Contains(query, "invalid")
}

// refusedAt is the error of a login that was refused. Once is enough where it
// is the login's own fault: a third wrong password locks an account.
func refusedAt(x *traffic.Exchange, what string) error {
	switch {
	case x.Response == nil || x.Response.Status == 0:
		return fmt.Errorf("%s was not answered", what)
	case x.Response.Status >= 500 || x.Response.Status == 429 || x.Response.Status == 408:
		return fmt.Errorf("%s was answered %d", what, x.Response.Status)
	case x.Response.Status < 400:
		return fmt.Errorf("%s was sent back to the login (%d); %w", what, x.Response.Status, ErrPermanent)
	}
	return fmt.Errorf("%s was answered %d; %w", what, x.Response.Status, ErrPermanent)
}
