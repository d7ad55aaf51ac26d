package shop_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/examples/shop"
)

// forge makes a token of ada's with other claims, signed by the key with
// HS256, or not at all.
func forge(s *stand, change map[string]any, alg string, key []byte) string {
	now := s.clock.Now()
	claims := map[string]any{
		"iss": "https://shop.test", "aud": []string{"shop-api", "other"}, "sub": "ada", "scope": "profile orders:read",
		"exp": now.Add(time.Minute).Unix(), "iat": now.Unix(),
	}
	maps.Copy(claims, change)
	head, _ := json.Marshal(map[string]string{"alg": alg, "typ": "at+jwt"})
	body, _ := json.Marshal(claims)
	signed := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	if alg == "none" {
		return signed + "."
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// me is how the API answers to that Authorization.
func me(s *stand, authorization string) string {
	a := s.customer().get("/api/me", "Authorization", authorization)
	if reason, _ := a.JSON()["error_description"].(string); reason != "" {
		return strconv.Itoa(a.Status) + " " + reason
	}
	return strconv.Itoa(a.Status)
}

// claiming asks with a token that has these claims, signed as the shop does.
func claiming(claims func(*stand) map[string]any) func(*stand) string {
	return func(s *stand) string {
		return me(s, "Bearer "+forge(s, claims(s), "HS256", []byte(shop.DemoKey)))
	}
}

func grant(s *stand, form url.Values) map[string]any {
	return s.customer().post("/api/token", form).JSON()
}

// login asks for the tokens of ada, with a scope.
func tokens(s *stand, scope string) (access, refresh string) {
	got := grant(s, url.Values{
		"grant_type": {"password"}, "username": {"ada"}, "password": {"earl-grey-at-five"}, "scope": {scope},
	})
	access, _ = got["access_token"].(string)
	refresh, _ = got["refresh_token"].(string)
	return access, refresh
}

func tokenProbes() []probe {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return []probe{
		{fault: shop.ExpNotChecked, healthy: "401 The token expired", faulty: "200", run: func(s *stand) string {
			access, _ := tokens(s, "")
			s.clock.Wait(5*time.Minute + 6*time.Second)
			return me(s, "Bearer "+access)
		}},
		{fault: shop.NbfNotChecked, healthy: "401 The token is not yet valid", faulty: "200",
			run: claiming(func(s *stand) map[string]any {
				return map[string]any{"nbf": s.clock.Now().Add(10 * time.Second).Unix()}
			})},
		{fault: shop.AudNotChecked, healthy: "401 The token is for another audience", faulty: "200",
			run: claiming(func(*stand) map[string]any { return map[string]any{"aud": "other"} })},
		{fault: shop.IssNotChecked, healthy: "401 The issuer is not trusted", faulty: "200",
			run: claiming(func(*stand) map[string]any { return map[string]any{"iss": "https://evil.test"} })},
		{fault: shop.SignatureNotChecked, healthy: "401 The signature is invalid", faulty: "200", run: func(s *stand) string {
			return me(s, "Bearer "+forge(s, nil, "HS256", []byte("another key")))
		}},
		{fault: shop.AcceptsAlgNone, healthy: "401 The signature is invalid", faulty: "200", run: func(s *stand) string {
			return me(s, "Bearer "+forge(s, nil, "none", nil))
		}},
		{fault: shop.KeyConfusion, healthy: "401 The signature is invalid", faulty: "200",
			config: shop.Config{ES256Key: key}, run: func(s *stand) string {
				if access, _ := tokens(s, ""); me(s, "Bearer "+access) != "200" {
					return "the shop's own ES256 token is refused"
				}
				public, _ := x509.MarshalPKIXPublicKey(&key.PublicKey)
				return me(s, "Bearer "+forge(s, nil, "HS256", public))
			}},
		{fault: shop.ScopeNotChecked, healthy: `403 Bearer realm="shop", error="insufficient_scope", error_description="The token's scope does not allow this", scope="profile"`,
			faulty: "200 ", run: func(s *stand) string {
				access, _ := tokens(s, "orders:read")
				a := s.customer().get("/api/me", "Authorization", "Bearer "+access)
				return strconv.Itoa(a.Status) + " " + a.Header.Get("WWW-Authenticate")
			}},
		{fault: shop.SchemeCaseSensitive, healthy: "200", faulty: "401 Send an access token: Authorization: Bearer …", run: func(s *stand) string {
			access, _ := tokens(s, "")
			return me(s, "bearer "+access)
		}},
		{fault: shop.SchemeNotNeeded, healthy: "401 Send an access token: Authorization: Bearer …", faulty: "200", run: func(s *stand) string {
			access, _ := tokens(s, "")
			return me(s, access)
		}},
		{fault: shop.RefreshReusable, healthy: "true false false", faulty: "true true true", run: func(s *stand) string {
			// A second use ends the family: what the first use brought is gone too.
			_, first := tokens(s, "")
			use := func(token any) (bool, any) {
				text, _ := token.(string)
				got := grant(s, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text}})
				return got["error"] == nil, got["refresh_token"]
			}
			once, second := use(first)
			twice, _ := use(first)
			next, _ := use(second)
			return strings.Join([]string{strconv.FormatBool(once), strconv.FormatBool(twice), strconv.FormatBool(next)}, " ")
		}},
		{fault: shop.RefreshAccepted, healthy: "401 The token is malformed", faulty: "200", run: func(s *stand) string {
			_, refresh := tokens(s, "")
			return me(s, "Bearer "+refresh)
		}},
		{fault: shop.RevokeDoesNothing, healthy: "401 The token was revoked", faulty: "200", run: func(s *stand) string {
			access, refresh := tokens(s, "")
			s.customer().post("/api/revoke", url.Values{"token": {refresh}})
			return me(s, "Bearer "+access)
		}},
		{fault: shop.APIKeyNotChecked, healthy: "403", faulty: "200", run: func(s *stand) string {
			return strconv.Itoa(s.customer().get("/api/stock", "api_key", "guessed").Status)
		}},
	}
}

// challenged is how a request without a credential, or with a bad one, is refused.
func challenged(s *stand, header ...string) string {
	a := s.customer().get("/api/me", header...)
	return strings.TrimSpace(strconv.Itoa(a.Status) + " " + a.Header.Get("WWW-Authenticate"))
}

func refusalProbes() []probe {
	none := func(s *stand) string { return challenged(s) }
	return []probe{
		{fault: shop.NoChallenge, healthy: `401 Bearer realm="shop"`, faulty: "401", run: none},
		{fault: shop.ForbiddenFor401, healthy: `401 Bearer realm="shop"`, faulty: `403 Bearer realm="shop"`, run: none},
		{fault: shop.OKForErrors, healthy: `401 Bearer realm="shop"`, faulty: `200 Bearer realm="shop"`, run: none},
		{fault: shop.ChallengeIsSilent, healthy: `401 Bearer realm="shop", error="invalid_token", error_description="The token is malformed"`,
			faulty: `401 Bearer realm="shop"`, run: func(s *stand) string { return challenged(s, "Authorization", "Bearer abc") }},
	}
}
