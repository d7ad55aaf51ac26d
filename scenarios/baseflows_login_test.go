package scenarios

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
)

// passwordFlows send user and password, or prove that they know it.
func passwordFlows() []baseFlow {
	return []baseFlow{
		{"basic", tuning, basic{"https://repo.cobalt.test/artifacts", "deploy:orange-lantern-44", "Server: Jetty(11.0.20)"}.record},
		{"basic-two", checking, basic{"https://dav.sorrel.example/remote.php/files/ann", "ann@sorrel.example:Übersee 9", "Server: Apache/2.4.58"}.record},
		{"digest", checking, digest{"https://camera.lintel.example/cgi-bin/snapshot", "viewer", "lintel cameras"}.record},
		{"negotiate", checking, negotiate{"http://files.corp.example/shares/plans", "Microsoft-IIS/10.0"}.record},
	}
}

type basic struct{ base, login, server string }

func (f basic) record(t *take) {
	t.client, t.server = []string{"User-Agent: Apache-Maven/3.9.6", "Accept: */*"}, []string{f.server}
	login := []string{"Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(f.login))}
	t.add(talk{ask: "GET " + f.base + "/index.json", send: login, body2: `{"artifacts":["a","b"]}`, decisive: true})
	t.add(talk{ask: "GET " + f.base + "/a/1.4.0/a.pom", send: login, body2: `<?xml version="1.0"?><project/>`, decisive: true})
	t.add(talk{ask: "PUT " + f.base + "/b/2.0.0/b.pom", send: login, body: `<?xml version="1.0"?><project/>`, status: 201})
}

// digest is a challenge with its answer, twice.
type digest struct{ url, user, realm string }

func (f digest) record(t *take) {
	t.client, t.server = []string{"User-Agent: curl/8.5.0"}, []string{"Server: lighttpd/1.4.71"}
	path := "/cgi-bin/snapshot"
	for i := range 2 {
		nonce := t.opaque(32)
		ask := fmt.Sprintf("GET %s?channel=%d", f.url, i+1)
		t.add(talk{ask: ask, status: 401, answer: []string{fmt.Sprintf(`WWW-Authenticate: Digest realm=%q, nonce=%q, algorithm=MD5, qop="auth"`, f.realm, nonce)}})
		t.add(talk{ask: ask, body2: "a picture", decisive: true, send: []string{fmt.Sprintf(
			`Authorization: Digest username=%q, realm=%q, nonce=%q, uri="%s?channel=%d", cnonce=%q, nc=00000001, qop=auth, response=%q, algorithm=MD5`,
			f.user, f.realm, nonce, path, i+1, t.hex(16), t.hex(32))}})
	}
}

// negotiate is the handshake of NTLM: two refusals before the answer.
type negotiate struct{ url, server string }

func (f negotiate) record(t *take) {
	t.client, t.server = []string{"User-Agent: curl/8.5.0"}, []string{"Server: " + f.server}
	t.add(talk{ask: "GET " + f.url, status: 401, answer: []string{"WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"}})
	t.add(talk{ask: "GET " + f.url, status: 401, send: []string{"Authorization: NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAKAGFKAAAADw=="},
		answer: []string{"WWW-Authenticate: NTLM TlRMTVNTUAACAAAACAAIADgAAAAFgomi" + t.opaque(24)}})
	t.add(talk{ask: "GET " + f.url, send: []string{"Authorization: NTLM TlRMTVNTUAADAAAAGAAYAIIAAAAYABgAmgAAAAgACABYAAAA" + t.opaque(64)}, body2: `{"plans":["east","west"]}`, decisive: true})
}

// oauthFlows are the code grant of RFC 6749 with PKCE, from the click on.
func oauthFlows() []baseFlow {
	return []baseFlow{
		{"code-grant", tuning, codeGrant{
			issuer: "https://login.petrel.test", authorize: "/authorize", token: "/oauth/token", app: "https://desk.petrel.test", callback: "/auth/callback", api: "https://api.petrel.test/me",
			client: "desk", secret: "petrel-desk-91c0ffee77", server: "Server: nginx",
		}.record},
		{"code-grant-two", checking, codeGrant{
			issuer: "https://sso.briar.example/realms/main/protocol/openid-connect", authorize: "/auth", token: "/token", app: "https://briar.example", callback: "/signin-oidc", api: "https://briar.example/api/profile",
			client: "briar-web", secret: "H2kq8vT1bR5nZ0cY", header: true, server: "Server: Kestrel",
		}.record},
	}
}

type codeGrant struct {
	issuer, authorize, token, app, callback, api string
	client, secret                               string
	header                                       bool // the secret is sent by Basic
	server                                       string
}

func (f codeGrant) record(t *take) {
	t.client, t.server = []string{"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Accept: */*"}, []string{f.server}
	verifier, code, state := t.opaque(43), t.opaque(28), t.opaque(20)
	sum := sha256.Sum256([]byte(verifier))
	redirect := url.QueryEscape(f.app + f.callback)
	session, begun := "sso="+t.opaque(30), "login_state="+state
	t.add(talk{ask: "GET " + f.app + "/start", status: 302, answer: []string{"Location: " + f.issuer + f.authorize + "?client_id=" + f.client, "Set-Cookie: " + begun + "; Path=/; HttpOnly; Secure; SameSite=Lax"}})
	t.add(talk{
		ask: "GET " + f.issuer + f.authorize + "?response_type=code&client_id=" + f.client + "&redirect_uri=" + redirect + "&scope=openid+profile&state=" + state +
			"&nonce=" + t.opaque(16) + "&code_challenge=" + base64.RawURLEncoding.EncodeToString(sum[:]) + "&code_challenge_method=S256",
		send: []string{"Cookie: " + session}, status: 302, answer: []string{"Location: " + f.app + f.callback + "?code=" + code + "&state=" + state}, decisive: true,
	})
	t.add(talk{ask: "GET " + f.app + f.callback + "?code=" + code + "&state=" + state, send: []string{"Cookie: " + begun}, decisive: true, body2: "<!doctype html><title>One moment</title><script src=/app.js></script>"})
	form, send := "grant_type=authorization_code&code="+code+"&redirect_uri="+redirect+"&code_verifier="+verifier, []string(nil)
	if f.header {
		send = []string{"Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(f.client+":"+f.secret))}
	} else {
		form += "&client_id=" + f.client + "&client_secret=" + f.secret
	}
	access := t.jwt("RS256", "main-7", fmt.Sprintf(`"iss":%q,"aud":"api","sub":"p-19","azp":%q,"scope":"openid profile"`, f.issuer, f.client))
	t.add(talk{ask: "POST " + f.issuer + f.token, send: send, body: form, answer: []string{"Cache-Control: no-store"},
		body2: fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":3600,"refresh_token":%q}`, access, t.opaque(40)), decisive: true})
	t.add(talk{ask: "GET " + f.api, send: []string{"Authorization: Bearer " + access}, body2: `{"name":"Ines","theme":"dark"}`, decisive: true})
}

func sha256Hex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// proof is a DPoP proof of RFC 9449 section 4.2.
func (t *take) proof(method, address, token string) string {
	ath := sha256.Sum256([]byte(token))
	header := `{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}}`
	payload := fmt.Sprintf(`{"htm":%q,"htu":%q,"iat":%d,"jti":%q,"ath":%q}`, method, address, t.at.Unix(), t.uuid(), base64.RawURLEncoding.EncodeToString(ath[:]))
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(header)) + "." + encode([]byte(payload)) + "." + t.opaque(86)
}
