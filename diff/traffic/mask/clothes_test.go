package mask

import (
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A garment is a text that a secret stands in, or that looks as if one did.
// Without a secret all of it has to stay.
type garment struct {
	reason     string
	door, name string
	text       string // with the secret as ‹›
	secret     string
	learnt     bool   // the secret stood under a secret name before
	want       string // the placeholder in its place
}

const (
	opaque = "kQ7zP2mX9vB4nL6tR8wY" // generated, of every length of token
	short  = "Zk2Lm9Vw8"            // generated, of the length of a password
	plus   = "Zq/+8=Ty5uI9oP3aS7dF"
)

var garments = []garment{
	{"SAML in a form", "form", "SAMLResponse", "‹›", "PHNhbWxwOlJlc3BvbnNl", false, "‹token 1›"},
	{"SAML in a query", "query", "SAMLRequest", "‹›", "fZJNT8MwDIbvk", false, "‹token 1›"},
	{"SAML with a dash", "form", "saml_response", "‹›", opaque, false, "‹token 1›"},
	{"SAML in the value of an input", "body", "text/html", `<input type="hidden" name="SAMLResponse" value="‹›"/>`, opaque, false, "‹token 1›"},
	{"where to go after SAML", "query", "RelayState", "‹›", opaque, false, "‹state 1›"},

	{"a password in Norwegian", "json", "passord", "‹›", "sommerfugl", false, "‹password 1›"},
	{"in French, of three words", "json", "mot_de_passe", "‹›", "papillons", false, "‹password 1›"},
	{"in Spanish", "json", "contraseña", "‹›", "mariposa", false, "‹password 1›"},
	{"in Russian", "json", "пароль", "‹›", "babochka", false, "‹password 1›"},
	{"in Chinese", "json", "密码", "‹›", "hudiehua", false, "‹password 1›"},
	{"in the name of a header", "header", "X-Wachtwoord", "‹›", "vlinders", false, "‹password 1›"},

	{"a loose value under a sure name", "text", "", "login of pass: ‹› refused", short, false, ""},
	{"a loose value in YAML", "body", "application/yaml", "db:\n  password: ‹›\n", "Zk2Lm9VwQ4x", false, "‹password 1›"},
	{"a loose value in properties", "body", "text/plain", "jwt.secret = ‹›\n", "Zk2Lm9VwQ4x", false, "‹secret 1›"},
	{"a call that stores it", "body", "text/javascript", `localStorage.setItem("access_token", "‹›")`, opaque, false, "‹token 1›"},
	{"a call that sends it", "body", "text/javascript", `xhr.setRequestHeader('X-Auth-Token','‹›')`, short, false, "‹token 1›"},
	{"a call that sends its scheme too", "body", "text/javascript", `xhr.setRequestHeader('Authorization','Bearer ‹›')`, opaque, false, "‹token 1›"},
	{"a list", "text", "", `args ["X-Api-Key", "‹›"]`, opaque, false, "‹key 1›"},
	{"an entry of XML", "body", "text/xml", `<entry key="db.password">‹›</entry>`, short, false, "‹password 1›"},
	{"a textarea", "body", "text/html", `<textarea name="secret">‹›</textarea>`, short, false, "‹secret 1›"},
	{"a subprotocol", "header", "Sec-WebSocket-Protocol", "graphql-ws, ‹›", opaque, false, "‹token 1›"},
	{"a short one", "header", "Sec-WebSocket-Protocol", "‹›, chat", "kQzPmXvBnLtRwYcD", false, "‹token 1›"},
	{"the user of a DSN", "text", "", `dsn "https://‹›@errors.example.com/2"`, "4f1c09ab37de52864f1c09ab37de5286", false, "‹key 1›"},
	{"a signature of Rails", "text", "", "value--‹› refused", strings.Repeat("0a1b2c3d4e", 4), false, "‹signature 1›"},

	{"percent-encoded twice", "text", "", "next=" + url.QueryEscape(escapeComponent(plus)), plus, true, ""},
	{"escaped in HTML by Go", "text", "", `echo "` + strings.ReplaceAll(plus, "+", "&#43;") + `"`, plus, true, ""},
	{"escaped in HTML by ASP.NET", "text", "", `echo "` + strings.ReplaceAll(plus, "+", "&#x2B;") + `"`, plus, true, ""},
	{"escaped in a string", "text", "", "echo " + strings.ReplaceAll(plus, "/", `\/`), plus, true, ""},

	{"in hex, as dumps have it", "text", "", "read " + hex.EncodeToString([]byte(opaque)), opaque, true, ""},
	{"in capital hex", "text", "", "read " + strings.ToUpper(hex.EncodeToString([]byte(opaque))), opaque, true, ""},
	{"in lower case", "text", "", "read " + strings.ToLower(opaque), opaque, true, ""},
	{"in upper case", "text", "", "read " + strings.ToUpper(opaque), opaque, true, ""},
	{"escaped by .NET", "text", "", `echo ` + strings.ReplaceAll(plus, "+", `\u002B`), plus, true, ""},
	{"escaped by Gson", "text", "", `echo ` + strings.ReplaceAll("x="+opaque, "=", `\u003d`), "x=" + opaque, true, ""},

	{"a word as the password of a line of YAML", "body", "application/yaml", "db:\n  - pwd: ‹›\n    host: db\n", "butterfly", false, "‹password 1›"},
	{"with a remark behind it", "body", "application/yaml", "passwd: ‹› # of the old one\n", "hunter", false, "‹password 1›"},
	{"of an INI file", "body", "text/plain", "[db]\r\npassword = ‹›\r\n", "butterfly", false, ""},
	{"a signed session of Rails", "text", "", "bad cookie BAh‹›--" + strings.Repeat("0a1b2c3d4e", 4), "7CEkiD3Nlc3Npb25faWQGOgZFVA", false, ""},
	{"under its name", "text", "", "_myapp_session=‹›--" + strings.Repeat("0a1b2c3d4e", 4), "BAh7CEkiD3Nlc3Npb25faWQGOgZFVA", false, ""},
	{"a private key in JSON", "body", "application/json", `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","d":"‹›"}`, "jpsQnnGQmL1YBIffH1136cspYG6" + opaque, false, "‹key 1›"},
	{"with its members in order", "body", "application/json", `{"keys":[{"dp":"‹›","e":"AQAB","kty":"RSA"}]}`, opaque, false, "‹key 1›"},
	{"a shared key", "body", "application/json", `{"k":"‹›","kty":"oct"}`, opaque, false, "‹key 1›"},
	{"a column of a table", "body", "text/csv", "id,e-mail,\"api_key\"\n1,a@a.test,‹›\n2,\"b, c\",\"‹›\"\n", short, false, "‹key 1›"},
	{"a table with semicolons", "body", "text/csv", "id;password\r\n1;‹›\r\n", "butterfly", false, ""},
	{"a hint that is the token", "query", "id_token_hint", "‹›", short, false, "‹token 1›"},

	{"no password but a word for one", "body", "application/yaml", "password: string\npwd: null\npass: required\n", "", false, ""},
	{"a label of a form", "body", "application/yaml", "password: Passwort\n", "", false, ""},
	{"a line of a log", "body", "text/plain", "password: changed for ada\nold password: kept\n", "", false, ""},
	{"a line of code", "body", "text/plain", "password: form.password,\n", "", false, ""},
	{"a public key in JSON", "body", "application/json", `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","d":"none"}`, "", false, ""},
	{"members that are no key's", "body", "application/json", `{"d":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","q":"2026-11"}`, "", false, ""},
	{"a table without secrets", "body", "text/csv", "id,author,\"key_count\"\n1,\"Undset, S\",17\n", "", false, ""},
	{"the id of a public key", "json", "public_key_id", "pk-2026-11", "", false, ""},
	{"a time behind a number", "text", "", "12345678:AAA at 10:20:30", "", false, ""},

	{"no password but a rule for one", "json", "password_policy", "min-12-chars", "", false, ""},
	{"a dated path", "json", "object_key", "images/2026/11/lake-23.jpg", "", false, ""},
	{"a key of a cache", "json", "cacheKey", "ordre:list:2", "", false, ""},
	{"a key of a list", "json", "list_key", "ordre:list:2", "", false, ""},
	{"a file of code", "url", "", "https://a.test/hooks/useAuthState.ts", "", false, ""},
	{"when a limit ends", "header", "X-RateLimit-Reset", "1795403600", "", false, ""},
	{"the credentials of fetch", "body", "text/html", `<script>fetch('/stock',{headers:{},credentials:'include'}).then(read)</script>`, "", false, ""},
	{"the same, of another origin alone", "body", "text/javascript", `fetch(url, {credentials: "same-origin"}); fetch(other, {credentials: "omit"})`, "", false, ""},
	{"a comparison", "body", "text/javascript", `e.token===undefined?null:e.token`, "", false, ""},
	{"a comparison with a text", "body", "text/javascript", `if(state==="loading"){go()}`, "", false, ""},
	{"a call behind a name", "body", "text/javascript", `t.password=r(4711);password:i.string().min(12)`, "", false, ""},
	{"a call whose text is a word", "body", "text/javascript", `t("password", "required")`, "", false, ""},
	{"a sentence about a password", "text", "", "password: required, session: closed", "", false, ""},
	{"a subprotocol that is none", "header", "Sec-WebSocket-Protocol", "graphql-transport-ws, v12.stomp", "", false, ""},
	{"the user of an address", "text", "", "clone https://deploy@git.example.com/r.git", "", false, ""},
	{"an entry of no secret", "body", "text/xml", `<entry key="author">Sigrid-1882</entry>`, "", false, ""},
}

// TestClothes: every rule that was found by hunting for what leaked, and every
// one that was found because it hid too much.
func TestClothes(t *testing.T) {
	for _, g := range garments {
		t.Run(g.reason, func(t *testing.T) {
			value := strings.ReplaceAll(g.text, "‹›", g.secret)
			var m Masker
			if g.learnt {
				m.Learn(g.secret, kindToken)
			}
			got := through(&m, g.door, g.name, value)
			want := g.text
			switch {
			case g.secret == "":
			case g.want != "":
				want = strings.ReplaceAll(g.text, "‹›", g.want)
			default:
				hidden(t, got, g.secret)
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			x, ok := holding(place{g.door, g.name, func(string) string { return value }}, g.secret)
			if !ok {
				t.Fatalf("no place for a %s", g.door)
			}
			file := Redactor{Key: []byte("k")}
			if g.learnt {
				file.masker().Learn(g.secret, kindToken)
			}
			once := redact(t, &file, x)
			before, after := flat(t, x), flat(t, once)
			if again := flat(t, redact(t, &Redactor{Key: []byte("another")}, once)); again != after {
				t.Errorf("redacted again\n%s\nbecame\n%s", after, again)
			}
			if g.secret == "" && before != after {
				t.Errorf("in a file\n%s\nbecame\n%s", before, after)
			}
			if g.secret != "" {
				hidden(t, after, g.secret)
			}
		})
	}
}

// hidden fails where a secret can be read in a text, in one of the spellings of
// the rows.
func hidden(t *testing.T, text, secret string) {
	t.Helper()
	for _, spelling := range []string{secret, escapeComponent(secret), url.QueryEscape(escapeComponent(secret)),
		strings.ReplaceAll(secret, "+", "&#43;"), strings.ReplaceAll(secret, "+", "&#x2B;"), strings.ReplaceAll(secret, "/", `\/`),
		hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))), strings.ToLower(secret), strings.ToUpper(secret),
		strings.ReplaceAll(secret, "+", `\u002B`), strings.ReplaceAll(secret, "=", `\u003d`)} {
		if strings.Contains(text, spelling) {
			t.Errorf("%s is in %s", spelling, text)
		}
	}
}

// vendors are keys as their makers write them, in two pieces, so that no file
// of this repository holds what looks like one.
var vendors = []struct{ reason, prefix, body string }{
	{"Slack, of apps", "xapp-", "1-A0-" + strings.Repeat("4f1c", 8)},
	{"GitLab, of runners", "GR13" + "48941", strings.Repeat("aB3x_", 4)},
	{"GitLab, of new runners", "glrt-", strings.Repeat("aB3x_", 4)},
	{"GitLab, of deployments", "gldt-", strings.Repeat("aB3x_", 4)},
	{"DigitalOcean", "dop_" + "v1_", strings.Repeat("4f1c", 16)},
	{"DigitalOcean, OAuth", "doo_" + "v1_", strings.Repeat("4f1c", 16)},
	{"DigitalOcean, refresh", "dor_" + "v1_", strings.Repeat("4f1c", 16)},
	{"Linear", "lin_" + "api_", strings.Repeat("aB3x", 10)},
	{"Notion", "ntn_", strings.Repeat("aB3x", 12)},
	{"Figma", "figd_", strings.Repeat("aB3x-", 8)},
	{"Sentry", "sntr" + "ys_", strings.Repeat("aB3x+", 8)},
	{"Sentry, of users", "sntr" + "yu_", strings.Repeat("4f1c", 16)},
	{"Databricks", "dapi", strings.Repeat("4f1c", 8)},
	{"Mailgun", "key-", strings.Repeat("4f1c", 8)},
	{"Square", "sq0a" + "tp-", strings.Repeat("aB3x_", 5)},
	{"Square, of applications", "sq0c" + "sp-", strings.Repeat("aB3x_", 5)},
	{"Atlassian", "ATATT3", strings.Repeat("aB3x", 15)},
	{"PlanetScale", "psca" + "le_", "tkn_" + strings.Repeat("aB3x", 10)},
	{"Doppler", "dp.pt.", strings.Repeat("aB3x", 11)},
	{"Doppler, of services", "dp.st.", "dev." + strings.Repeat("aB3x", 11)},
	{"New Relic", "NRAK-", strings.Repeat("A3X", 9)},
	{"Grafana", "glsa_", strings.Repeat("aB3x", 8) + "_4f1c09ab"},
	{"Grafana Cloud", "glc_", strings.Repeat("aB3x", 10)},
	{"Vault", "hvs.", strings.Repeat("aB3x", 20)},
	{"Vault, of batches", "hvb.", strings.Repeat("aB3x", 20)},
	{"Pulumi", "pul-", strings.Repeat("4f1c", 10)},
	{"age", "AGE-SEC" + "RET-KEY-1", strings.Repeat("A3X", 20)},
	{"Postman", "PMAK-", strings.Repeat("4f1c", 6) + "-" + strings.Repeat("4f1c", 8)},
	{"Telegram, of bots", "123456789:" + "AA", strings.Repeat("aB3x_", 6) + "xyz"},
	{"Telegram, in an address", "https://api.telegram.org/bot123456789:" + "AA", strings.Repeat("aB3x_", 6) + "xyz"},
	{"Airtable", "pat", strings.Repeat("aB3xY4z", 2) + "." + strings.Repeat("4f1c", 16)},
	{"Discord", "https://discord.com/api/" + "webhooks/", "123456789012345678/" + strings.Repeat("aB3x", 17)},
}

// TestVendors: a key is found in a sentence; its prefix before an ordinary word
// is none.
func TestVendors(t *testing.T) {
	for _, v := range vendors {
		t.Run(v.reason, func(t *testing.T) {
			var m Masker
			if got := m.Text("can't connect (" + v.prefix + v.body + ") in line 7"); strings.Contains(got, v.body) {
				t.Errorf("got %s", got)
			}
			plain := "see " + v.prefix + "settings in line 7"
			if got := m.Text(plain); got != plain {
				t.Errorf("%s became %s", plain, got)
			}
		})
	}
}
