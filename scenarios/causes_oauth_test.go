package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

const (
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636 appendix B
	s256     = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	begin    = "GET https://id.quay.example/authorize?response_type=code&client_id=web&state=s1x2&code_challenge=" + s256 +
		"&code_challenge_method=S256&redirect_uri=https%3A%2F%2Fquay.example%2Fcb"
	exchange = "grant_type=authorization_code&client_id=web&code=Zq81&redirect_uri=https%3A%2F%2Fquay.example%2Fcb&code_verifier="
)

// login is an authorization request and the exchange of its code.
func login(form string, end *traffic.Response) []*traffic.Exchange {
	post := asked("POST https://id.quay.example/oauth/token", []string{"Content-Type: application/x-www-form-urlencoded"}, end)
	post.Request.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte(form))
	return []*traffic.Exchange{asked(begin, nil, answered(302, "", "Location: https://quay.example/cb?code=Zq81&state=s1x2")), post}
}

func TestTokenRequests(t *testing.T) {
	refuse := func(body string) *traffic.Response { return answered(400, body, "Content-Type: application/json") }
	vague := `{"error":"invalid_grant","error_description":"grant request is invalid"}`
	rows := []struct {
		reason, form, body, want string
		status                   int
	}{
		{"the verifier is gone", exchange[:len(exchange)-len("&code_verifier=")], vague, "pkce-missing", 400},
		{"the verifier of another tab", exchange + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", vague, "pkce-missing", 400},
		{"all matches and the code is old", exchange + verifier, `{"error":"invalid_grant"}`, "invalid-grant", 400},
		{"the redirect_uri is another than at the start", "grant_type=authorization_code&client_id=web&code=Zq81&redirect_uri=https%3A%2F%2Fquay.example%2Fcb%2F&code_verifier=" + verifier, `{"error":"invalid_grant"}`, "redirect-uri-mismatch", 400},
		{"the client is not known", exchange + verifier, `{"error":"invalid_client"}`, "client-authentication-failed", 401},
	}
	for _, row := range rows {
		ok := login(exchange+verifier, answered(200, `{"access_token":"x"}`, "Content-Type: application/json"))
		end := refuse(row.body)
		end.Status = row.status
		d := Diagnose(diff.Compare(captured(monday, ok...), captured(tuesday, login(row.form, end)...), diff.Options{}))
		if len(d.Findings) == 0 || d.Findings[0].Cause.ID != row.want {
			t.Errorf("%s: want %s: %s", row.reason, row.want, told(d))
		}
		alone := DiagnoseOne(captured(tuesday, login(row.form, end)...))
		if len(alone.Findings) == 0 || alone.Findings[0].Cause.ID != row.want {
			t.Errorf("%s, without a working capture: want %s: %s", row.reason, row.want, told(alone))
		}
	}
}

func TestVerifierMeetsChallenge(t *testing.T) {
	if challengeOf(verifier, "S256") != s256 || challengeOf(verifier, "") != verifier {
		t.Error("RFC 7636 appendix B, and section 4.3: without a method the challenge is plain")
	}
}

func TestOAuthCauses(t *testing.T) {
	json := []string{"Content-Type: application/json"}
	authorize := "GET https://id.quay.example/authorize?response_type=code&client_id=web&scope=openid&redirect_uri=https%3A%2F%2Fquay.example%2Fcb"
	checkVerdicts(t, []verdictRow{
		{reason: "another redirect_uri, told on a page", line: authorize, badLine: authorize + "%2F", status: 400, answer: "<h1>Error</h1><p>The redirect_uri does not match a registered one</p>",
			response: []string{"Content-Type: text/html"}, want: "redirect-uri-mismatch"},
		{reason: "another secret", line: "POST https://id.quay.example/t", okForm: "grant_type=client_credentials&client_id=job&client_secret=aaaaaaaa", badForm: "grant_type=client_credentials&client_id=job&client_secret=bbbbbbbb",
			status: 401, answer: `{"error":"invalid_client"}`, response: json, want: "client-authentication-failed"},
		{reason: "the secret in Basic and not in the body", line: "POST https://id.quay.example/t", okForm: "grant_type=client_credentials&client_id=job&client_secret=aaaaaaaa", badForm: "grant_type=client_credentials&client_id=job",
			bad: []string{"Authorization: Basic am9iOmFhYWFhYWFh"}, status: 401, answer: `{"error":"unauthorized"}`, response: json, want: "client-authentication-failed"},
		{reason: "the refresh token is used up", line: "POST https://id.quay.example/t", okForm: "grant_type=refresh_token&refresh_token=a1b2c3d4", badForm: "grant_type=refresh_token&refresh_token=z9y8x7w6",
			status: 400, answer: `{"error":"invalid_grant"}`, response: json, want: "invalid-grant"},
		{reason: "a password grant with another password", line: "POST https://id.quay.example/t", okForm: "grant_type=password&username=a&password=one", badForm: "grant_type=password&username=a&password=two",
			status: 400, answer: `{"error":"invalid_grant"}`, response: json, want: "wrong-credentials"},
		{reason: "the state is not known", line: "GET https://quay.example/cb?code=Zq81&state=s1x2", badLine: "GET https://quay.example/cb?code=Zr92&state=s7y8", status: 400, answer: "OAuth state mismatch",
			response: []string{"Content-Type: text/plain"}, want: "login-state-lost"},
		{reason: "the account is locked", line: "POST https://quay.example/login", okForm: "user=a&password=one", badForm: "user=a&password=one", status: 403, answer: `{"message":"Your account has been suspended."}`, response: json, want: "account-disabled"},
	})
}
