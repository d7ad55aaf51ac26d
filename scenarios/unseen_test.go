package scenarios

import (
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// Two recordings of one flow never share a session: what a server does not see
// is told by its own words and by what the flow was given.
func TestWhatTheServerDidNotSee(t *testing.T) {
	const site = "https://desk.alder.example"
	page := func(session, body string) string {
		text := "GET " + site + "/form\n" + asChromium + asVisit + "< 200\n< Content-Type: text/html\n"
		if session != "" {
			text += "< Set-Cookie: sessionid=" + session + "; Path=/; Secure; HttpOnly\n"
		}
		if body != "" {
			text += "<< " + body + "\n"
		}
		return text + "\n"
	}
	post := func(session, token, end string) string {
		return "POST " + site + "/save\n" + asChromium + asCall + "> Origin: " + site + "\n> Cookie: sessionid=" + session + "\n> X-CSRF-Token: " + token + "\n" + end
	}
	refused := func(says string) string {
		return "< 403\n< Content-Type: text/html\n<< <h1>Forbidden</h1> " + says + "\n"
	}
	const s1, s2, t1, t2 = "8fK2xQ91mZpL7vTb", "Zk3w8Yp0aQcX2nRk", "t1aaaaaaaaaaaaaa", "t2bbbbbbbbbbbbbb"
	works := page(s1, `<input name=csrf value="`+t1+`">`) + post(s1, t1, "< 200\n")
	handed := page(s2, `<input name=csrf value="`+t2+`">`)

	for _, row := range []struct{ bad, want, reason string }{
		{handed + post(s2, t2, refused("CSRF cookie not set.")), "cookie-stripped-by-proxy", "the cookie was set and sent, and the app says there is none"},
		{page(s2, "") + post(s2, t2, refused("CSRF cookie not set.")), "cookie-stripped-by-proxy", "the browser threw the page's body away: that no page had the token is not known"},
		{handed + post(s2, t2, refused("CSRF token missing.")), "csrf-token-missing", "the token was sent, and the app says there is none"},
		{handed + post(s2, t2, refused("CSRF verification failed. Origin checking failed.")), "forwarded-headers-missing", "the page's own origin is refused"},
	} {
		got := Diagnose(diff.Compare(written(t, works), written(t, row.bad), diff.Options{}))
		if len(got.Findings) == 0 || got.Findings[0].Cause.ID != row.want {
			t.Errorf("%s: %v", row.reason, got.Findings)
		}
	}

	// The page of production says less than its log.
	c := diff.Compare(written(t, works), written(t, handed+post(s2, t2, refused("CSRF verification failed. Request aborted."))), diff.Options{})
	logs := map[int]Logged{1: {Logs: []LoggedIn{{Name: "app.log", Layer: "app", Seen: true, Said: []Said{{Line: 4, Text: "Forbidden (Origin checking failed - " + site + " does not match any trusted origins.): /save", Sure: true}}}}}}
	if got := DiagnoseLogged(c, logs); len(got.Findings) == 0 || got.Findings[0].Cause.ID != "forwarded-headers-missing" {
		t.Errorf("the log tells of the origin: %v", got.Findings)
	}
}

// An answer of which no end is known may have been on its way still.
func TestInFlight(t *testing.T) {
	for _, row := range []struct {
		millis float64
		want   bool
		reason string
	}{
		{-1, true, "its page went away, and nobody saw it end"},
		{0, false, "over at once"},
		{1e9, true, "it ended later"},
	} {
		c := written(t, "GET https://desk.alder.example/a\n< 200\n\nGET https://desk.alder.example/b\n< 401\n")
		c.Exchanges[0].Recorded.Millis = row.millis
		began := time.Date(2026, 11, 24, 13, 0, 0, 0, time.UTC)
		c.Exchanges[0].Recorded.Started, c.Exchanges[1].Recorded.Started = traffic.Timestamp{Time: began}, traffic.Timestamp{Time: began.Add(time.Second)}
		v := newView(diff.Compare(&traffic.Capture{}, c, diff.Options{}))
		if got := v.inFlight(0); got != row.want {
			t.Errorf("%s: %v", row.reason, got)
		}
	}
}
