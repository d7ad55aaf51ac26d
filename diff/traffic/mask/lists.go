package mask

// Kinds are what placeholders are named by.
const (
	kindBasic     = "basic"
	kindCert      = "certificate"
	kindClaim     = "claim"
	kindCode      = "code"
	kindCookie    = "cookie"
	kindCSRF      = "csrf"
	kindJWT       = "jwt"
	kindKey       = "key"
	kindNonce     = "nonce"
	kindOTP       = "otp"
	kindPassword  = "password"
	kindSecret    = "secret"
	kindSession   = "session"
	kindSignature = "signature"
	kindState     = "state"
	kindTicket    = "ticket"
	kindToken     = "token"
	kindUser      = "user"
)

// The lists of names of secrets, by word: a name is cut
// into words, so that `author` is not `auth` and `monkey` not `key`.

// heads are words that make a name secret when it ends in them: the last word
// of an English compound says what the thing is (`token_type` is a type).
// Values under these names are masked, unless they are plain harmless.
var heads = map[string]string{
	"token": kindToken, "tokens": kindToken, "bearer": kindToken, "jwt": kindToken,
	"assertion": kindToken, "samlrequest": kindToken, "samlresponse": kindToken,
	"accesstoken": kindToken, "authtoken": kindToken, "apitoken": kindToken, "idtoken": kindToken,
	"refreshtoken": kindToken, "bearertoken": kindToken, "usertoken": kindToken, "resettoken": kindToken,

	"password": kindPassword, "passwords": kindPassword, "passwd": kindPassword, "pwd": kindPassword,
	"passphrase": kindPassword, "passwort": kindPassword, "kennwort": kindPassword, "pass": kindPassword,
	"newpassword": kindPassword, "oldpassword": kindPassword, "userpassword": kindPassword, "pw": kindPassword,

	"secret": kindSecret, "secrets": kindSecret, "credential": kindSecret, "credentials": kindSecret,
	"clientsecret": kindSecret, "apisecret": kindSecret, "authorization": kindSecret,

	"apikey": kindKey, "apikeys": kindKey, "secretkey": kindKey, "privatekey": kindKey, "accesskey": kindKey,
	"accesskeyid": kindKey, "authkey": kindKey, "subscriptionkey": kindKey, "accountkey": kindKey,

	"contrasena": kindPassword, "contraseña": kindPassword, "clave": kindPassword, "senha": kindPassword, "palavrapasse": kindPassword,
	"motdepasse": kindPassword, "mdp": kindPassword, "parola": kindPassword, "wachtwoord": kindPassword,
	"passord": kindPassword, "losenord": kindPassword, "lösenord": kindPassword, "adgangskode": kindPassword, "kodeord": kindPassword,
	"salasana": kindPassword, "haslo": kindPassword, "hasło": kindPassword, "heslo": kindPassword, "jelszo": kindPassword, "jelszó": kindPassword,
	"sifre": kindPassword, "şifre": kindPassword, "пароль": kindPassword, "密码": kindPassword, "密碼": kindPassword, "口令": kindPassword,
	"パスワード": kindPassword, "비밀번호": kindPassword,

	"otp": kindOTP, "totp": kindOTP, "hotp": kindOTP, "passcode": kindOTP, "cvv": kindOTP, "cvc": kindOTP, "pin": kindOTP,

	"csrf": kindCSRF, "xsrf": kindCSRF, "csrftoken": kindCSRF, "xsrftoken": kindCSRF, "antiforgery": kindCSRF,
	"csrfmiddlewaretoken": kindCSRF, "requestverificationtoken": kindCSRF, "authenticitytoken": kindCSRF,
	"authenticity": kindCSRF, "wpnonce": kindCSRF, "sesskey": kindCSRF, "formkey": kindCSRF, "formhash": kindCSRF,

	"session": kindSession, "sessionid": kindSession, "sessid": kindSession, "sid": kindSession, "jsessionid": kindSession,
	"phpsessid": kindSession, "sessiontoken": kindSession, "sessionkey": kindSession, "aspsessionid": kindSession,

	"signature": kindSignature, "sig": kindSignature, "hmac": kindSignature,
}

// phrases are pairs of words that are more than their last word, or less: those
// without a kind are nothing secret.
var phrases = map[[2]string]string{
	{"csrf", "token"}: kindCSRF, {"xsrf", "token"}: kindCSRF, {"authenticity", "token"}: kindCSRF,
	{"verification", "token"}: kindCSRF, {"anti", "csrf"}: kindCSRF, {"middleware", "token"}: kindCSRF,
	{"session", "token"}: kindSession, {"session", "key"}: kindSession,

	{"saml", "request"}: kindToken, {"saml", "response"}: kindToken, {"de", "passe"}: kindPassword, {"palavra", "passe"}: kindPassword,

	{"api", "key"}: kindKey, {"access", "key"}: kindKey, {"private", "key"}: kindKey, {"secret", "key"}: kindKey,
	{"subscription", "key"}: kindKey, {"functions", "key"}: kindKey, {"function", "key"}: kindKey, {"signing", "key"}: kindKey,
	{"encryption", "key"}: kindKey, {"master", "key"}: kindKey, {"account", "key"}: kindKey, {"auth", "key"}: kindKey,
	{"client", "key"}: kindKey, {"service", "key"}: kindKey, {"license", "key"}: kindKey, {"app", "key"}: kindKey,
	{"consumer", "key"}: kindKey, {"shared", "key"}: kindKey, {"webhook", "key"}: kindKey, {"application", "key"}: kindKey,

	{"auth", "code"}: kindCode, {"authorization", "code"}: kindCode, {"device", "code"}: kindCode, {"user", "code"}: kindCode,
	{"code", "verifier"}: kindCode, {"oauth", "verifier"}: kindCode, {"login", "code"}: kindCode,
	{"mfa", "code"}: kindOTP, {"recovery", "code"}: kindOTP, {"backup", "code"}: kindOTP, {"otp", "code"}: kindOTP,
	{"verification", "code"}: kindOTP, {"security", "code"}: kindOTP, {"sms", "code"}: kindOTP, {"totp", "code"}: kindOTP,
	{"two", "factor"}: kindOTP, {"one", "time"}: kindOTP,

	{"connection", "string"}: kindSecret, {"key", "pair"}: kindKey, {"login", "hint"}: kindUser, {"honeycomb", "team"}: kindKey,
	{"token", "hint"}: kindToken, {"public", "key"}: "",
	{"aad", "token"}: kindToken, {"oidc", "data"}: kindToken, {"client", "email"}: kindUser,
}

// maybe are words that name a secret in one place and something plain in the
// next (`code`: an authorization code, an error code; `key`: a sort key).
// Values under names that end in them are masked when they look like one.
var maybe = map[string]string{
	"auth": kindToken, "authentication": kindToken, "login": kindToken, "magic": kindToken, "invite": kindToken,
	"unlock": kindToken, "invitation": kindToken, "confirmation": kindToken, "reset": kindToken, "grant": kindToken,
	"key": kindKey, "keys": kindKey, "code": kindCode, "codes": kindCode, "state": kindState, "nonce": kindNonce,
	"relaystate": kindState, "cnonce": kindNonce, "opaque": kindNonce, "nextnonce": kindNonce,
	"ticket": kindTicket, "hash": kindSignature, "digest": kindSignature, "policy": kindSignature, "tok": kindToken,
	"saml": kindToken, "sso": kindToken, "tkn": kindToken, "webhook": kindSecret, "remember": kindSession,
	"cookie": kindCookie, "cookies": kindCookie, "sess": kindSession, "verifier": kindCode, "jti": kindClaim,
}

// neutral are last words that say nothing of what the thing is:
// `password_confirmation` is a password, `token_value` a token.
var neutral = words("value val string str text raw data plain plaintext b64 base64 hex encoded hash hashed id ids " +
	"confirm confirmation confirmed repeat again verify verification check old new current input field param " +
	"header payload string v sha md5 sha1 sha256 sha512")

// descriptors are last words that make a thing about a secret, not the secret.
var descriptors = words("type types used count counts endpoint url uri enabled enable disabled required name names method methods " +
	"expires expiry expiration expire exp expired at in on ttl age timeout time timestamp date length len size limit limits max min status " +
	"version format algorithm alg issuer mode policy scope scopes location domain path hint error errors message description " +
	"usage remaining total prompt completion label title placeholder present valid invalid supported challenge provider " +
	"strength rules rotation lifetime duration source kind class created updated lastused level flow page response replay index position")

// plainNames hold words that look secret and are not: protocol fields whose
// value is no credential and whose reading matters.
var plainNames = words("idempotency-key sec-websocket-key sec-websocket-accept sec-websocket-version " +
	"access-control-allow-credentials access-control-allow-headers access-control-expose-headers access-control-request-headers " +
	"x-session-replay cache-key x-cache-key primary_key foreign_key sort_key partition_key public_key publickey translation_key " +
	"surrogate-key status_code statuscode error_code errorcode country_code currency_code language_code postal_code zip_code " +
	"x-ratelimit-reset ratelimit-reset x-rate-limit-reset rate_limit_reset ratelimitreset " +
	"response_code http_code exit_code code_challenge grant_type state_code")

// whole are header fields whose names don't say by words what they hold.
var wholeHeaders = map[string]string{
	"x-plex-token": kindToken, "dpop": kindToken, "dpop-nonce": kindNonce,
	"client-cert": kindCert, "client-cert-chain": kindCert, "x-ssl-cert": kindCert, "x-client-cert": kindCert,
	"x-ssl-client-cert": kindCert, "x-forwarded-client-cert": kindCert, "x-forwarded-tls-client-cert": kindCert,
	"x-honeycomb-team": kindKey, "x-amzn-oidc-data": kindToken, "secure-session-response": kindToken,
	"x-auth-key": kindKey, "x-key": kindKey, "x-auth": kindToken, "x-ms-token-aad-id-token": kindToken,
}

// credentialHeaders hold a scheme and a credential (RFC 9110 section 11.4).
var credentialHeaders = words("authorization proxy-authorization x-authorization x-forwarded-authorization x-original-authorization " +
	"x-serverless-authorization x-amzn-remapped-authorization")

// challengeHeaders hold challenges and what servers say beside them (RFC 9110
// section 11.6): all is shown but the parameters of secretParams.
var challengeHeaders = words("www-authenticate proxy-authenticate x-amzn-remapped-www-authenticate " +
	"authentication-info proxy-authentication-info signature-input")

// urlHeaders hold one URL or path.
var urlHeaders = words("location content-location referer origin :path x-original-url x-original-uri x-rewrite-url x-forwarded-uri " +
	"x-request-uri x-forwarded-url x-url refresh link sourcemap x-sourcemap hx-current-url x-callback-url")

// schemes are the words that may stand before a credential (IANA HTTP
// Authentication Schemes, and those in wide use beside them).
var schemes = words("bearer basic digest negotiate ntlm kerberos dpop token jwt apikey api-key key hoba mutual oauth vapid gnap privatetoken " +
	"aws4-hmac-sha256 aws4-ecdsa-p256-sha256 aws signature hawk sharedkey sharedkeylite scram-sha-1 scram-sha-256 concealed googlelogin " +
	"splunk ssws geniekey goog4-rsa-sha256 goog4-hmac-sha256 hmac hmac-sha256 mac bot client-id session sso-key discogs deepl-auth-key " +
	"jwtbearer passport1.4 tok")

// secretParams are the parameters of challenges that are masked: RFC 7616
// sections 3.3 and 3.5. All others are what the server says.
var secretParams = map[string]string{
	"nonce": kindNonce, "opaque": kindNonce, "nextnonce": kindNonce, "cnonce": kindNonce, "rspauth": kindSignature,
}

// credentialParams are the parameters of credentials: with a kind they are
// masked, without one they are shown. Others are masked.
var credentialParams = map[string]string{
	"username": kindUser, "username*": kindUser, "response": kindSignature, "nonce": kindNonce, "cnonce": kindNonce, "opaque": kindNonce,
	"id": kindKey, "mac": kindSignature, "signature": kindSignature, "keyid": kindKey, "hash": kindSignature, "sig": kindSignature,
	"oauth_consumer_key": kindKey, "oauth_token": kindToken, "oauth_nonce": kindNonce, "oauth_signature": kindSignature,
	"oauth_verifier": kindCode, "token": kindToken, "credential": kindKey, "key": kindKey, "apikey": kindKey, "auth": kindToken,
	"client_secret": kindSecret, "password": kindPassword, "v0": kindSignature, "v1": kindSignature, "s": kindSignature, "k": kindKey,
	"realm": "", "qop": "", "algorithm": "", "uri": "", "nc": "", "userhash": "", "charset": "", "stale": "", "domain": "",
	"signedheaders": "", "headers": "", "created": "", "expires": "", "ts": "", "t": "", "timestamp": "", "version": "", "date": "",
	"oauth_signature_method": "", "oauth_timestamp": "", "oauth_version": "", "oauth_callback": "", "client": "",
}

// shownClaims are JWT claims and header parameters that may be read.
var shownClaims = words("iss aud exp nbf iat scope scp acr amr auth_time typ alg kid cnf")

// sessionCookies are cookie names that hold a session and don't say so by
// words.
var sessionCookies = []string{"sess", "auth", "login", "remember", "aspxauth", "aspnetcore", "wordpressloggedin",
	"simplesaml", "keycloak", "oauth2proxy", "okta", "idsrv", "fedauth", "rtfa", "estsauth", "ory", "cfauthorization", "jwt", "token"}

// harmlessWords are values that are no secret and often the bug themselves: a
// variable that was never set, an object put into a string.
var harmlessWords = words("undefined null NaN None nil none true false True False TRUE FALSE deleted expired invalid missing required empty " +
	"(null) <nil> [object [REDACTED] [Redacted] REDACTED redacted [FILTERED] [Filtered] yes no on off 0 1 -1 {} [] " +
	"include same-origin omit") // the last three are what credentials of fetch can be (Fetch, RequestCredentials)

// verdicts are words that make a text under a secret name a remark about it:
// {"password": "must be at least 8 characters"}.
var verdicts = words("must required invalid incorrect wrong missing expired blank match matches short long characters malformed " +
	"denied failed cannot unauthorized forbidden unknown unsupported revoked")

// placeholders are words that stand for a value in the line of a file:
// `password: string`.
var placeholders = words("string text hidden masked secret changeme unset disabled enabled optional omitted prompt stdin default " +
	"object number integer boolean ignore always never nullable anonymous undefined unused")

// words makes a set of the words of s.
func words(s string) map[string]bool {
	set := map[string]bool{}
	for start, i := 0, 0; i <= len(s); i++ {
		if i == len(s) || s[i] == ' ' {
			if i > start {
				set[s[start:i]] = true
			}
			start = i + 1
		}
	}
	return set
}
