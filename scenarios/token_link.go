package scenarios

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// A SignedLink is a URL that grants access by itself, until it ends.
type SignedLink struct {
	From   time.Time // not good before; zero: the link does not say
	Ends   time.Time // zero: it does not say
	EndsAt string    // the parameter that says when it ends
	Value  string    // of that parameter
	Vendor string    // "S3", "Google Cloud Storage", "Azure", "CloudFront"; "" another
}

// maxURL is the length in bytes up to which a query is looked at.
const maxURL = 64 << 10

// SignedLinkOf reads the end of a signed URL: AWS and Google (X-Amz-Expires,
// X-Goog-Expires), Azure (se), CloudFront, S3 and GCS of old (Expires), and
// links of an own make, which have an end and a signature.
func SignedLinkOf(r *traffic.Request) (SignedLink, bool) {
	u := r.ParsedURL()
	if u == nil || u.RawQuery == "" || len(u.RawQuery) > maxURL {
		return SignedLink{}, false
	}
	q := lowered(u.Query())
	for _, read := range []func(parameters) (SignedLink, bool){v4Link, sasLink, policyLink, epochLink, tokenLink} {
		if link, ok := read(q); ok {
			return link, true
		}
	}
	return SignedLink{}, false
}

// parameters are those of a query by name in lower case.
type parameters map[string]traffic.Param

func lowered(q url.Values) parameters {
	p := parameters{}
	for name, values := range q {
		p[strings.ToLower(name)] = traffic.Param{Name: name, Value: values[0]}
	}
	return p
}

// v4Link reads SigV4 in the query: the end is a date and a number of seconds.
func v4Link(q parameters) (SignedLink, bool) {
	for _, vendor := range [...][2]string{{"x-amz-", "S3"}, {"x-goog-", "Google Cloud Storage"}, {"x-oss-", "Alibaba OSS"}, {"x-tos-", ""}} {
		at, okAt := readTime(q[vendor[0]+"date"].Value)
		expires := q[vendor[0]+"expires"]
		seconds, err := strconv.ParseInt(expires.Value, 10, 32)
		if okAt && err == nil && seconds >= 0 {
			return SignedLink{From: at, Ends: at.Add(time.Duration(seconds) * time.Second), EndsAt: expires.Name, Value: expires.Value,
				Vendor: vendor[1]}, true
		}
	}
	return SignedLink{}, false
}

// sasLink reads a shared access signature of Azure: sv, se, sig.
func sasLink(q parameters) (SignedLink, bool) {
	if q["sig"].Value == "" || q["se"].Value == "" {
		return SignedLink{}, false
	}
	ends, ok := readTime(q["se"].Value)
	if !ok {
		return SignedLink{}, false
	}
	from, _ := readTime(q["st"].Value)
	vendor := ""
	if q["sv"].Value != "" {
		vendor = "Azure"
	}
	return SignedLink{From: from, Ends: ends, EndsAt: q["se"].Name, Value: q["se"].Value, Vendor: vendor}, true
}

// policyLink reads a custom policy of CloudFront: JSON in Base64 with other
// punctuation.
func policyLink(q parameters) (SignedLink, bool) {
	if q["policy"].Value == "" || q["signature"].Value == "" {
		return SignedLink{}, false
	}
	text := strings.NewReplacer("-", "+", "_", "=", "~", "/").Replace(q["policy"].Value)
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return SignedLink{}, false
	}
	type epoch struct {
		Seconds int64 `json:"AWS:EpochTime"`
	}
	var policy struct {
		Statement []struct {
			Condition struct{ DateLessThan, DateGreaterThan epoch }
		}
	}
	if json.Unmarshal(raw, &policy) != nil || len(policy.Statement) == 0 {
		return SignedLink{}, false
	}
	c := policy.Statement[0].Condition
	if c.DateLessThan.Seconds <= 0 || c.DateLessThan.Seconds >= 1e11 {
		return SignedLink{}, false
	}
	link := SignedLink{Ends: time.Unix(c.DateLessThan.Seconds, 0).UTC(), EndsAt: q["policy"].Name, Value: q["policy"].Value, Vendor: "CloudFront"}
	if s := c.DateGreaterThan.Seconds; 0 < s && s < 1e11 {
		link.From = time.Unix(s, 0).UTC()
	}
	return link, true
}

// epochLink reads an end beside a signature: Expires of S3, GCS and CloudFront,
// and of the many links that applications sign themselves.
func epochLink(q parameters) (SignedLink, bool) {
	signed := false
	for name, p := range q {
		signed = signed || isLinkSignature(name) && len(p.Value) >= 16
	}
	if !signed {
		return SignedLink{}, false
	}
	for _, name := range []string{"expires", "expires_at", "expiresat", "expire", "expiry", "expiration", "exp", "expired", "valid_until", "validuntil",
		"deadline", "e"} {
		if ends, ok := readTime(q[name].Value); ok {
			vendor := ""
			if q["key-pair-id"].Value != "" {
				vendor = "CloudFront"
			} else if q["awsaccesskeyid"].Value != "" {
				vendor = "S3"
			} else if q["googleaccessid"].Value != "" {
				vendor = "Google Cloud Storage"
			}
			return SignedLink{Ends: ends, EndsAt: q[name].Name, Value: q[name].Value, Vendor: vendor}, true
		}
	}
	return SignedLink{}, false
}

// isLinkSignature knows the parameters that sign a link, in lower case.
func isLinkSignature(name string) bool {
	switch name {
	case "signature", "sig", "sign", "hmac", "md5", "hash", "token", "digest", "mac", "s", "st", "auth_key", "verify":
		return true
	}
	return false
}

// tokenLink reads a JWT that stands for a file: one in the query that is no
// access token.
func tokenLink(q parameters) (SignedLink, bool) {
	for _, name := range slices.Sorted(maps.Keys(q)) {
		switch name {
		case "access_token", "id_token", "id_token_hint", "client_assertion", "assertion", "request":
			continue
		}
		t, ok := ParseJWT(q[name].Value)
		if !ok || t.Use() != UseUnknown || t.Text("iss") != "" && t.Text("sub") != "" {
			continue
		}
		if ends, ok := t.Time("exp"); ok {
			from, _ := t.Time("nbf")
			return SignedLink{From: from, Ends: ends, EndsAt: q[name].Name, Value: q[name].Value}, true
		}
	}
	return SignedLink{}, false
}
