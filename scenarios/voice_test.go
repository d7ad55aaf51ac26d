package scenarios

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
)

var plainRows = []struct{ text, want, reason string }{
	{"TOKEN_EXPIRED", " token expired ", "a code"},
	{"tokenExpired", " token expired ", "a name"},
	{"JWTExpiredException", " jwt expired exception ", "capitals in front of a word"},
	{"JWTs don't expire", " jwts dont expire ", "a plural and an apostrophe"},
	{"the token isn\u2019t valid", " the token isnt valid ", "a curly apostrophe"},
	{"Your session. Expired ads", " your session . expired ads ", "sentences are kept apart"},
	{"oauth.v2.InvalidApiKey", " oauth v2 invalid api key ", "a dot in a name ends no sentence"},
	{"", " ", "nothing"},
}

func TestPlain(t *testing.T) {
	for _, row := range plainRows {
		if diff := cmp.Diff(row.want, plain(row.text)); diff != "" {
			t.Errorf("%s: %s", row.reason, diff)
		}
	}
}

const jsonType = "Content-Type: application/json"

var voiceRows = []struct {
	reason string
	sent   string // Authorization
	answer *traffic.Response
	voice  Voice
	cause  string // that is spoken of; "" none
}{
	{"error= names the token", "Bearer t", answered(401, "", `WWW-Authenticate: Bearer error="invalid_token", error_description="The access token expired"`), Invalid, "expired-token"},
	{"a challenge without error= to a bare token: it was not seen as one", "t", answered(401, "", `WWW-Authenticate: Bearer realm="a"`), Missing, ""},
	{"to a token: many servers never send error=", "Bearer t", answered(401, "", `WWW-Authenticate: Bearer realm="a"`), Silent, ""},
	{"to a token, from a server that always does", "Bearer t", answered(401, "", `WWW-Authenticate: Bearer`, "Server: Kestrel"), Missing, ""},
	{"Basic says the same to both", "Basic dTpw", answered(401, "", `WWW-Authenticate: Basic realm="a"`), Silent, ""},
	{"express-jwt", "Bearer t", answered(401, "UnauthorizedError: No authorization token was found\n   at x"), Missing, ""},
	{"jsonwebtoken", "Bearer t", answered(401, `{"error":"jwt expired"}`, jsonType), Invalid, "expired-token"},
	{"a code alone", "Bearer t", answered(401, `{"code":"TOKEN_EXPIRED"}`, jsonType), Invalid, "expired-token"},
	{"words between", "Bearer t", answered(401, `{"message":"The token you have sent has expired, log in again"}`, jsonType), Invalid, "expired-token"},
	{"a password that expired is no token", "Bearer t", answered(401, `{"message":"password expired"}`, jsonType), Silent, ""},
	{"a refresh token that expired is a grant", "", answered(400, `{"error_description":"Refresh token expired"}`, jsonType), Silent, "invalid-grant"},
	{"missing or invalid says nothing", "Bearer t", answered(401, `{"message":"Missing or invalid token"}`, jsonType), Silent, ""},
	{"Apache's page says both", "Basic dTpw", answered(401, "<p>Either you supplied the wrong\ncredentials (e.g., bad password), or your\nbrowser doesn't understand how to supply\nthe credentials required.</p>", "Content-Type: text/html"), Silent, ""},
	{"AWS in a header", "AWS4 x", answered(403, "{}", jsonType, "x-amzn-ErrorType: ExpiredTokenException:http://internal.example/"), Invalid, "expired-token"},
	{"a code with a name space", "Bearer t", answered(401, `{"__type":"com.example.auth#TokenRevoked"}`, jsonType), Invalid, "revoked-token"},
	{"S3", "", answered(403, "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", "Content-Type: application/xml"), Silent, "signed-url-expired"},
	{"GraphQL with a good status", "Bearer t", answered(200, `{"data":null,"errors":[{"message":"x","extensions":{"code":"TOKEN_EXPIRED"}}]}`, jsonType), Invalid, "expired-token"},
	{"an OAuth error in a form", "", answered(200, "error=bad_verification_code&error_description=The+code+passed+is+incorrect", "Content-Type: application/x-www-form-urlencoded"), Silent, "invalid-grant"},
	{"what a role allows, in words between", "Bearer t", answered(403, `{"message":"You need the CLERK role for this call"}`, jsonType), Invalid, "insufficient-scope"},
	{"a Kubernetes rule", "Bearer t", answered(403, `{"reason":"Forbidden","message":"pods is forbidden: User \"ci\" cannot watch resource \"pods\" in API group \"\" at the cluster scope"}`, jsonType), Invalid, "insufficient-scope"},
	{"Google's page says permission to any token", "Bearer t", answered(401, "<h1>Error: Unauthorized</h1><h2>Your client does not have permission to the requested URL <code>/x</code>.</h2>", "Content-Type: text/html"), Silent, "insufficient-scope"},
	{"a code of one word and a half", "Bearer t", answered(200, `{"ok":false,"error":"invalid_auth"}`, jsonType), Invalid, ""},
	{"a signing time", "OAuth x", answered(401, `{"errors":[{"message":"Timestamp out of bounds."}]}`, jsonType), Invalid, "clock-skew"},
	{"gRPC-web", "Bearer t", answered(200, "", "Content-Type: application/grpc-web+proto", "grpc-status: 16", "grpc-message: token%20is%20expired"), Invalid, "expired-token"},
	{"a redirect with its reason", "", answered(302, "", "Location: /login?error=session_expired"), Silent, "session-expired"},
	{"a redirect with a flag", "", answered(302, "", "Location: /login?sessionExpired=1"), Silent, "session-expired"},
	{"what the client sent is no word of the server", "Bearer t", answered(422, `{"detail":[{"input":"token expired","msg":"too long"}]}`, jsonType), Silent, ""},
	{"a script is no word of the server", "Bearer t", answered(403, `<html><script>var m={"x":"token expired"}</script><p>no</p></html>`, "Content-Type: text/html"), Silent, ""},
	{"a sentence ends between", "Bearer t", answered(403, "This is your session. Expired offers are gone.", "Content-Type: text/plain"), Silent, ""},
	{"inside a longer word", "Bearer t", answered(403, "subtoken expiredness", "Content-Type: text/plain"), Silent, ""},
}

func TestVoice(t *testing.T) {
	for _, row := range voiceRows {
		request := []string{"Accept: */*"}
		if row.sent != "" {
			request = append(request, "Authorization: "+row.sent)
		}
		v := &View{Failed: asked("GET https://a.test/x", request, row.answer), Decisive: -1}
		v.Comparison = compared(t, nil, one(asked("GET https://b.test/", nil, answered(500, "")))).Comparison
		if got := v.Voice(); got != row.voice {
			t.Errorf("%s: voice %q, want %q (%v)", row.reason, got, row.voice, v.voiceFacts().hits)
		}
		other, speaks := v.SaysOther()
		if row.cause == "" && speaks {
			t.Errorf("%s: heard %s in %q", row.reason, other.Cause, other.words)
		}
		if _, says := v.Says(row.cause); row.cause != "" && !says {
			t.Errorf("%s: %s is not heard (%v)", row.reason, row.cause, v.voiceFacts().hits)
		}
	}
}

func TestWordsOfTheWorkingAnswerSayNothing(t *testing.T) {
	good := answered(200, "<h1>Errors</h1><p>token expired: log in again</p>", "Content-Type: text/html")
	bad := answered(403, "<h1>Errors</h1><p>token expired: log in again</p><p>no</p>", "Content-Type: text/html")
	v := compared(t, one(asked("GET https://a.test/docs", nil, good)), one(asked("GET https://a.test/docs", nil, bad)))
	if hit, ok := v.Says("expired-token"); ok {
		t.Errorf("a page of documentation speaks: %q", hit.words)
	}
}

// Every phrase is found when it is said, unless a longer one covers it.
func TestEveryPhraseIsHeard(t *testing.T) {
	count := 0
	for _, phrases := range lexicon {
		for _, p := range phrases {
			count++
			text := strings.Join(p.parts, " the ")
			heard := false
			find(plain(text), func(q phrase) { heard = heard || q.words == p.words })
			if !heard {
				t.Errorf("%q of %s can't be heard", p.words, p.cause)
			}
		}
	}
	if count < 500 {
		t.Errorf("%d phrases only", count)
	}
}

func TestLexiconNamesKnownThings(t *testing.T) {
	for _, phrases := range lexicon {
		for _, p := range phrases {
			if p.words == "" || p.words != strings.TrimSpace(plain(p.words)) {
				t.Errorf("%q of %s is not in plain words", p.words, p.cause)
			}
		}
	}
}

func TestPlainIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := plain(rapid.String().Draw(t, "text"))
		if twice := plain(strings.ReplaceAll(once, " . ", " ! ")); twice != once {
			t.Fatalf("%q becomes %q", once, twice)
		}
	})
}

func FuzzHear(f *testing.F) {
	for _, row := range voiceRows {
		content, _ := row.answer.Body.Bytes(0)
		f.Add(row.answer.Status, row.answer.Header.Get("www-authenticate"), row.answer.Header.Get("location"), row.answer.Header.Get("content-type"), string(content))
	}
	f.Fuzz(func(t *testing.T, status int, challenge, location, mediaType, body string) {
		r := answered(status, body, "WWW-Authenticate: "+challenge, "Location: "+location, "Content-Type: "+mediaType)
		x := asked("GET https://a.test/x", nil, r)
		for _, h := range hear(utterances(x)) {
			if h.Cause == "" || h.words == "" {
				t.Errorf("a hit without words: %v", h)
			}
		}
		AnswererOf(r).Sentence(status)
	})
}

func BenchmarkHear(b *testing.B) {
	x := asked("GET https://a.test/x", nil, answered(403, strings.Repeat("<p>Sorry, the token of this request is not one that we know.</p>\n", 1000), "Content-Type: text/html"))
	for b.Loop() {
		hear(utterances(x))
	}
}
