package credential

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// A Credential is what proves who asks. The zero value is none.
type Credential struct {
	Fields  []traffic.HeaderField // header fields as they are sent: "Authorization", "Bearer …"
	Cookies []traffic.Param       // cookies of a fixed value
	Query   []traffic.Param       // parameters, not escaped

	// Token is a token without a place, as a command prints it: it goes where
	// the recorded one stood, with the recorded scheme, else as Bearer into
	// Authorization.
	Token string

	// SetCookies are what the answers of a login set, for the jar of each
	// session to store by its rules.
	SetCookies []SetCookie

	Issued  time.Time // by the local clock; zero: when it was fetched
	Expires time.Time // by the local clock; zero: unknown, or never

	serial uint64 // given by a Keeper, tells the credentials it handed out apart
}

// A SetCookie is one Set-Cookie line of a login's answers.
type SetCookie struct {
	URL   string // of the request that was answered
	Value string // the field as received
	Date  time.Time
}

// A Source fetches credentials. It is called by one goroutine at a time.
type Source interface {
	Fetch(ctx context.Context) (Credential, error)
}

// Empty tells whether there is nothing to send.
func (c Credential) Empty() bool {
	return len(c.Fields) == 0 && len(c.Cookies) == 0 && len(c.Query) == 0 && c.Token == "" && len(c.SetCookies) == 0
}

// Same tells whether both would send the same.
func (c Credential) Same(d Credential) bool {
	return slices.Equal(c.Fields, d.Fields) && slices.Equal(c.Cookies, d.Cookies) && slices.Equal(c.Query, d.Query) &&
		c.Token == d.Token && slices.EqualFunc(c.SetCookies, d.SetCookies, func(a, b SetCookie) bool {
		return a.URL == b.URL && a.Value == b.Value
	})
}

// Learn makes the secrets of the credential known to a masker, so that no
// report shows them wherever they turn up.
func (c Credential) Learn(m *mask.Masker) {
	for _, f := range c.Fields {
		value := f.Value
		if _, rest, ok := strings.Cut(value, " "); ok {
			value = strings.TrimSpace(rest) // the scheme stays readable
		}
		m.Learn(value, "token")
	}
	for _, p := range slices.Concat(c.Cookies, c.Query) {
		m.Learn(p.Value, "token")
	}
	m.Learn(c.Token, "token")
	for _, s := range c.SetCookies {
		if value := cookieValue(s.Value); value != "" {
			m.Learn(value, "session")
		}
	}
}

// cookieValue is the value of a Set-Cookie line.
func cookieValue(line string) string {
	pair, _, _ := strings.Cut(line, ";")
	_, value, _ := strings.Cut(pair, "=")
	return strings.TrimSpace(value)
}

// String names the places of the credential: "header Authorization". It holds
// no value.
func (c Credential) String() string {
	var names []string
	for _, f := range c.Fields {
		names = append(names, "header "+f.Name)
	}
	for _, p := range c.Cookies {
		names = append(names, "cookie "+p.Name)
	}
	for _, p := range c.Query {
		names = append(names, "query parameter "+p.Name)
	}
	if c.Token != "" {
		names = append(names, "a token")
	}
	if len(c.SetCookies) > 0 {
		names = append(names, "the cookies of a login")
	}
	if len(names) == 0 {
		return "no credential"
	}
	return strings.Join(names, ", ")
}

// Format writes String for every verb, so that no log line holds a secret.
func (c Credential) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.String()) }
