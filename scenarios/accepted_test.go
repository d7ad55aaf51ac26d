package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// TestAccepted: a success of a request with a fault is told from what only has
// the same status.
func TestAccepted(t *testing.T) {
	page := func(who string) *traffic.Response {
		return answered(200, "<title>Shop</title><nav>Home Orders</nav><h1>Hello "+who+"</h1><p>Your last order of 3 pears is on its way</p><script>var t='x1'</script>", htmlType)
	}
	for _, row := range []struct {
		reason         string
		recorded, live *traffic.Response
		want           bool
	}{
		{"other data of the same make", answered(200, `{"items":[1],"total":1}`, jsonType), answered(200, `{"items":[2,3],"total":2}`, jsonType), true},
		{"created as before", answered(201, `{"id":1}`, jsonType), answered(201, `{"id":2}`, jsonType), true},
		{"nothing was said, nothing is", answered(204, ""), answered(204, ""), true},
		{"a list that is empty for nobody", answered(200, `[1]`, jsonType), answered(200, `[]`, jsonType), false},
		{"an object of other members", answered(200, `{"name":"a","mail":"b"}`, jsonType), answered(200, `{"anonymous":true}`, jsonType), false},
		{"members that became null", answered(200, `{"user":{"id":1}}`, jsonType), answered(200, `{"user":null}`, jsonType), false},
		{"an error under a 200", answered(200, `{"data":{"a":1}}`, jsonType), answered(200, `{"data":null,"errors":[{"message":"denied"}]}`, jsonType), false},
		{"the same page", page("Ann"), page("Ann"), true},
		{"the page for guests", page("Ann"), answered(200, "<title>Shop</title><nav>Home Orders</nav><h1>Welcome</h1><p>Sign up to order</p>", htmlType), false},
		{"a login form", page("Ann"), answered(200, `<form><input type="password"></form>`, htmlType), false},
		{"a page instead of data", answered(200, `{"a":1}`, jsonType), page("Ann"), false},
		{"the redirect as before", answered(303, "", "Location: /done?id=1"), answered(303, "", "Location: /done?id=2"), true},
		{"a redirect elsewhere", answered(303, "", "Location: /done"), answered(303, "", "Location: /start"), false},
		{"a refusal", answered(200, `{"a":1}`, jsonType), answered(401, ""), false},
		{"no answer", answered(200, `{"a":1}`, jsonType), &traffic.Response{Error: "net::ERR_CONNECTION_RESET"}, false},
	} {
		recorded, live := asked("GET https://app.test/", nil, row.recorded), asked("GET https://app.test/", nil, row.live)
		if got := Accepted(recorded, live); got != row.want {
			t.Errorf("%s: %v, want %v", row.reason, got, row.want)
		}
	}
	if Accepted(nil, asked("GET https://app.test/", nil, page("Ann"))) || Accepted(asked("GET https://app.test/", nil, page("Ann")), nil) {
		t.Error("accepted without an exchange")
	}
}

// TestAccount: what an answer says beside its status.
func TestAccount(t *testing.T) {
	recorded := asked("GET https://app.test/", nil, answered(200, `{"a":1}`, jsonType))
	for _, row := range []struct {
		reason string
		live   *traffic.Response
		want   Account
	}{
		{"nothing", answered(401, ""), Account{}},
		{"a token that is over", answered(401, `{"message":"jwt expired"}`, jsonType), Account{Voice: Invalid, Names: []string{"expired-token"}}},
		{"no token was seen", answered(401, `{"message":"No authorization token was found"}`, jsonType), Account{Voice: Missing}},
		{"a way to the login", answered(302, "", "Location: https://app.test/login"), Account{Login: "redirect"}},
		{"gRPC", answered(200, "", "Content-Type: application/grpc", "Grpc-Status: 16"), Account{Disguised: true}},
	} {
		got := AccountOf(recorded, asked("GET https://app.test/", nil, row.live))
		if got.Voice != row.want.Voice || got.Login != row.want.Login || got.Disguised != row.want.Disguised || len(got.Names) != len(row.want.Names) {
			t.Errorf("%s: %+v, want %+v", row.reason, got, row.want)
		}
	}
}

// TestLoginAskedAgain: a refused login is the form again, under 200 with most
// frameworks; a page with such a form of its own is none.
func TestLoginAskedAgain(t *testing.T) {
	const form = `<html><p>Try again</p><form method="post"><input name="user"><input name="pass" type="password"></form></html>`
	login := func(r *traffic.Response) *traffic.Exchange {
		x := asked("POST https://app.test/signin", []string{"Content-Type: application/x-www-form-urlencoded"}, r)
		x.Request.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte("user=ada&pass=s3cret-Words"))
		return x
	}
	again := answered(200, form, "Content-Type: text/html")
	for _, row := range []struct {
		reason   string
		recorded *traffic.Response
		live     *traffic.Response
		want     bool
	}{
		{"the form again", answered(303, "", "Location: /home"), again, true},
		{"the page behind the login", answered(200, "<html>Hello</html>", "Content-Type: text/html"), answered(200, "<html>Hello</html>", "Content-Type: text/html"), false},
		{"a page that had a form before", again, again, false},
		{"let in", answered(303, "", "Location: /home"), answered(303, "", "Location: /home"), false},
	} {
		if got := AccountOf(login(row.recorded), login(row.live)); (got.Login == "page") != row.want || got.Disguised {
			t.Errorf("%s: %+v, want %v", row.reason, got, row.want)
		}
	}
}
