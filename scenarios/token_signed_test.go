package scenarios

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff"
)

func TestSigningOf(t *testing.T) {
	const scope = "AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request"
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	header := RequestSigning{Algorithm: "AWS4-HMAC-SHA256", AccessKey: "AKIDEXAMPLE", ScopeDate: "20150830", Region: "us-east-1", Service: "iam",
		SignedHeaders: []string{"content-type", "host", "x-amz-date"}, Signature: "5d67", At: at, AtName: "x-amz-date", Part: diff.Header}
	query := header
	query.SignedHeaders, query.AtName, query.Part = []string{"host"}, "X-Amz-Date", diff.Query
	for _, row := range []struct {
		reason  string
		url     string
		fields  []string
		want    RequestSigning
		present bool
	}{
		{"the example of AWS", "https://iam.amazonaws.com/", []string{"X-Amz-Date", "20150830T123600Z", "Authorization",
			"AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=content-type;host;x-amz-date, Signature=5d67"}, header, true},
		{"without spaces, as some SDKs write it", "https://iam.amazonaws.com/", []string{"x-amz-date", "20150830T123600Z", "authorization",
			"AWS4-HMAC-SHA256 Credential=" + scope + ",SignedHeaders=content-type;host;x-amz-date,Signature=5d67"}, header, true},
		{"presigned", "https://iam.amazonaws.com/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + strings.ReplaceAll(scope, "/", "%2F") +
			"&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=5d67", nil, query, true},
		{"Bearer is none", "https://a.test/", []string{"Authorization", "Bearer x"}, RequestSigning{}, false},
		{"a query of another kind", "https://a.test/?signature=abc", nil, RequestSigning{}, false},
	} {
		x := exchangeOf("GET", row.url, row.fields...)
		got, ok := SigningOf(&x.Request)
		if d := cmp.Diff(row.want, got); d != "" || ok != row.present {
			t.Errorf("%s: %v %s", row.reason, ok, d)
		}
	}
}

func TestSignedLinkOf(t *testing.T) {
	policy := base64.StdEncoding.EncodeToString([]byte(`{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":1800000000}}}]}`))
	policy = strings.NewReplacer("+", "-", "=", "_", "/", "~").Replace(policy)
	download := jwt(t, nil, map[string]any{"path": "/f.zip", "exp": 1800000000})
	access := jwt(t, nil, map[string]any{"scope": "read", "exp": 1800000000})
	const end = "2027-01-15T08:00:00Z"
	for _, row := range []struct{ reason, query, ends, at string }{
		{"S3", "X-Amz-Date=20270115T070000Z&X-Amz-Expires=3600&X-Amz-Signature=aa", end, "X-Amz-Expires"},
		{"Google", "X-Goog-Date=20270115T070000Z&X-Goog-Expires=3600&X-Goog-Signature=aa", end, "X-Goog-Expires"},
		{"Azure", "sv=2024-11-04&st=2027-01-15T07:00:00Z&se=2027-01-15T08%3A00%3A00Z&sr=b&sp=r&sig=abc%2Bdef", end, "se"},
		{"CloudFront, canned policy", "Expires=1800000000&Signature=abcdefghijklmnop&Key-Pair-Id=K1", end, "Expires"},
		{"CloudFront, own policy", "Policy=" + policy + "&Signature=abcdefghijklmnop&Key-Pair-Id=K1", end, "Policy"},
		{"S3 of old", "AWSAccessKeyId=AK&Expires=1800000000&Signature=abcdefghijklmnop%3D", end, "Expires"},
		{"nginx secure_link", "md5=HxJZYkq3b1Xv0Nw9c2d4fQ&expires=1800000000", end, "expires"},
		{"Laravel", "expires=1800000000&signature=0123456789abcdef0123456789abcdef", end, "expires"},
		{"a JWT for one file", "token=" + download, end, "token"},
		{"an access token in the query is no link", "access_token=" + access, "", ""},
		{"nor is one by another name", "token=" + access, "", ""},
		{"an end without a signature is a filter", "expires=1800000000&page=2", "", ""},
		{"a short word is no signature", "expires=1800000000&s=new", "", ""},
		{"a signature without an end", "signature=0123456789abcdef", "", ""},
		{"no number of seconds", "X-Amz-Date=20270115T070000Z&X-Amz-Expires=soon&X-Amz-Signature=aa", "", ""},
	} {
		x := exchangeOf("GET", "https://files.test/x?"+row.query)
		link, ok := SignedLinkOf(&x.Request)
		ends := ""
		if ok {
			ends = link.Ends.Format(time.RFC3339)
		}
		if ends != row.ends || link.EndsAt != row.at {
			t.Errorf("%s: ends %q at %q", row.reason, ends, link.EndsAt)
		}
	}
}

func TestBasicAndDigest(t *testing.T) {
	user, password, ok := BasicOf(Credential{Scheme: "BASIC", Value: base64.StdEncoding.EncodeToString([]byte("ann:p:w"))})
	if user != "ann" || password != "p:w" || !ok {
		t.Error("a password may hold colons (RFC 7617 section 2)")
	}
	if _, _, ok := BasicOf(Credential{Scheme: "Basic", Value: "bm9jb2xvbg=="}); ok {
		t.Error("no colon, no password")
	}
	got, ok := DigestOf(Credential{Scheme: "Digest", Value: `username="a \"b\"", realm="r, s", uri="/x?a=b", nc=00000001, Response="ff"`})
	want := map[string]string{"username": `a "b"`, "realm": "r, s", "uri": "/x?a=b", "nc": "00000001", "response": "ff"}
	if d := cmp.Diff(want, got); d != "" || !ok {
		t.Error(d)
	}
}

func TestProofCovers(t *testing.T) {
	jwk := map[string]any{"kty": "EC", "crv": "P-256", "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}
	proof := jwt(t, map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}, map[string]any{"htm": "GET", "htu": "https://a.test/x", "iat": 1})
	for _, row := range []struct{ reason, method, url, claim string }{
		{"query and fragment do not count", "GET", "https://a.test/x?y=1#z", ""},
		{"the default port does not count", "GET", "https://A.test:443/x", ""},
		{"another method", "POST", "https://a.test/x", "htm"},
		{"the proxy changed the scheme", "GET", "http://a.test/x", "htu"},
		{"another path", "GET", "https://a.test/y", "htu"},
	} {
		x := exchangeOf(row.method, row.url, "DPoP", proof)
		p, ok := ProofOf(&x.Request)
		if !ok {
			t.Fatal("no proof")
		}
		if claim, covers := p.Covers(&x.Request); claim != row.claim || covers != (row.claim == "") {
			t.Errorf("%s: got %q", row.reason, claim)
		}
		// The thumbprint of this key in RFC 9449 section 6.1.
		if p.Thumbprint != "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" {
			t.Errorf("thumbprint %s", p.Thumbprint)
		}
	}
}

func FuzzSigned(f *testing.F) {
	f.Add("https://a.test/?X-Amz-Date=20270115T070000Z&X-Amz-Expires=3600&X-Amz-Signature=aa", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Signature=x")
	f.Add("https://a.test/?Policy=e30_&Signature=a", `Digest username="\`)
	f.Add("https://a.test/?se=2027&sig=1", "Basic ====")
	f.Fuzz(func(t *testing.T, url, authorization string) {
		x := exchangeOf("GET", url, "Authorization", authorization, "DPoP", authorization)
		if link, ok := SignedLinkOf(&x.Request); ok && link.Ends.IsZero() {
			t.Error("a link without an end")
		}
		SigningOf(&x.Request)
		ProofOf(&x.Request)
		for _, c := range CredentialsOf(&x.Request) {
			BasicOf(c)
			DigestOf(c)
		}
	})
}
