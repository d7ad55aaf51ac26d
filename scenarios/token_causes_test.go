package scenarios

import (
	"net/http"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A tokenCase is a pair of captures and what one cause makes of it.
type tokenCase struct {
	reason  string
	ok, bad []*traffic.Exchange // ok may be nil: the failing capture alone
	want    string              // strongest evidence: "decisive", "strong", "weak", "" for none, "out"
}

// judgeTokens runs the detector of a cause over a table.
func judgeTokens(t *testing.T, id string, rows []tokenCase) {
	t.Helper()
	c := causeOf(t, id)
	for _, row := range rows {
		v := newView(diff.Compare(flowAt(monday, row.ok...), flowAt(tuesday, row.bad...), diff.Options{}))
		if v == nil {
			t.Errorf("%s: nothing fails in these captures", row.reason)
			continue
		}
		if got := strongest(c.Detect(v)); got != row.want {
			t.Errorf("%s: %q, want %q", row.reason, got, row.want)
		}
	}
}

func causeOf(t *testing.T, id string) *Cause {
	t.Helper()
	for _, c := range tokenCauses() {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no cause %s", id)
	return nil
}

func strongest(evidence []Evidence) string {
	best := ""
	for _, e := range evidence {
		switch e.Strength {
		case RulesOut:
			return "out"
		case Decisive:
			best = "decisive"
		case Strong:
			if best != "decisive" {
				best = "strong"
			}
		case Weak:
			if best == "" {
				best = "weak"
			}
		}
	}
	return best
}

// flowAt numbers exchanges, gives them times a second apart, and each answer a
// Date where it has none.
func flowAt(start time.Time, xs ...*traffic.Exchange) *traffic.Capture {
	c := &traffic.Capture{}
	for i, x := range xs {
		x = cloneExchange(x)
		x.Index = i
		at := start.Add(time.Duration(i) * time.Second)
		if !x.Recorded.Started.Known() {
			x.Recorded.Started = traffic.Timestamp{Time: at}
		}
		if x.Response != nil && !x.Response.Header.Has("date") {
			x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: "Date", Value: at.Format(http.TimeFormat)})
		}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

// calling is a request with a bearer token, and its status.
func calling(token string, status int, fields ...string) *traffic.Exchange {
	return answeredWith(exchangeOf("GET", "https://api.depot.test/parcels", "Authorization", "Bearer "+token), status, "", "", fields...)
}

// saying is a call whose answer has words.
func saying(token string, status int, message string) *traffic.Exchange {
	return answeredWith(exchangeOf("GET", "https://api.depot.test/parcels", "Authorization", "Bearer "+token), status, "application/json", `{"message":"`+message+`"}`)
}

func steps(xs ...*traffic.Exchange) []*traffic.Exchange { return xs }

// madeToken makes a token of the day: good for an hour from its issue a minute
// before start. Claims come in pairs and override; nil leaves one out.
func madeToken(t *testing.T, start time.Time, pairs ...any) string {
	t.Helper()
	claims := map[string]any{"iss": "https://id.depot.test/", "aud": "parcels", "sub": "u1", "scope": "read write", "jti": start.String(),
		"iat": start.Add(-time.Minute).Unix(), "exp": start.Add(59 * time.Minute).Unix()}
	header := map[string]any{"alg": "HS256", "typ": "JWT", "kid": "k1"}
	for i := 0; i+1 < len(pairs); i += 2 {
		name := pairs[i].(string)
		switch {
		case name == "kid" || name == "alg" || name == "typ":
			header[name] = pairs[i+1]
		case pairs[i+1] == nil:
			delete(claims, name)
		default:
			claims[name] = pairs[i+1]
		}
	}
	return jwt(t, header, claims)
}

// A tokenLogin answers a token request.
type tokenLogin struct{ body string }

func (l *tokenLogin) exchange() *traffic.Exchange {
	x := exchangeOf("POST", "https://id.depot.test/oauth/token")
	x.Request.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte("grant_type=client_credentials"))
	return answeredWith(x, 200, "application/json", l.body)
}
