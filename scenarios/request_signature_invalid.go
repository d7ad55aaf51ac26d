package scenarios

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func requestSignatureInvalid() *Cause {
	return &Cause{
		ID:    "request-signature-invalid",
		Kind:  Mechanism,
		Group: Credentials,
		Means: "The signature of the request (SigV4, an HMAC, HTTP message signatures) does not match the request that arrived.",
		Looks: "The answer says SignatureDoesNotMatch; or something that is signed (path, query, host, body, a header) differs under the same signature; a content hash does " +
			"not match the body; a header that SignedHeaders names is missing. With everything else equal, it is another secret.",
		Unlike: []Unlike{
			{"token-signature-invalid", "the signature of a JWT, which is not over the request"},
			{"clock-skew", "the signing time is off by as much as the client's clock"},
			{"signed-url-expired", "the link is over"},
			{"proxy-rewrite", "only calls through the proxy fail: it decodes the path or replaces Host after the client signed"},
		},
		Advice: []Advice{
			{Client, "Sign last, and send exactly the bytes that were signed.", ""},
			{Nginx, "Don't touch path and Host: no URI behind proxy_pass.", "proxy_pass http://backend;\nproxy_set_header Host $http_host;"},
			{Apache, "The same.", "ProxyPreserveHost On\nAllowEncodedSlashes NoDecode\nProxyPass / http://backend/ nocanon"},
			{App, "Compute the HMAC over the raw body, before a parser changes it.", "express.json({ verify: (req, _, raw) => { req.raw = raw } })"},
		},
		Refs:     []string{"RFC 9421 sections 3.2 and 5", "RFC 9530", "AWS: Signature Version 4 signing process"},
		Prior:    -0.3,
		Detect:   detectRequestSignatureInvalid,
		Inject:   injectRequestSignatureInvalid,
		Enforced: ByClient,
		Expect:   refuses(expect.Hole, 401, 403, 400),
	}
}

func detectRequestSignatureInvalid(v *View) []Evidence {
	evidence := v.heard(Decisive, "request-signature-invalid", "the answer says that the request's signature does not match")
	says := v.clearly("request-signature-invalid")
	if !says && !v.refused() && v.status() != http.StatusBadRequest {
		return nil
	}
	signature, ok := signatureOf(&v.Failed.Request)
	if !ok {
		return evidence
	}
	evidence = append(evidence, v.hashDoesNotMatch()...)
	evidence = append(evidence, v.signedHeaderMissing()...)
	evidence = append(evidence, v.scopeDoesNotFit()...)
	evidence = append(evidence, v.sameSignature(signature)...)
	evidence = append(evidence, v.signedLongAgo(says)...)
	if len(evidence) == 0 {
		return nil
	}
	evidence = append(evidence, v.ownSignature(signature)...)
	return append(evidence, v.saysAnother("request-signature-invalid")...)
}

// signatureOf returns the signature over a request: of SigV4 and its kin, else
// of a header or parameter that is named so.
func signatureOf(r *traffic.Request) (Credential, bool) {
	if s, ok := SigningOf(r); ok && s.Signature != "" {
		name := "authorization"
		if s.Part == diff.Query {
			name = "X-Amz-Signature"
		}
		return Credential{Kind: RequestSignature, Part: s.Part, Name: name, Value: s.Signature}, true
	}
	for _, c := range CredentialsOf(r) {
		if c.Kind == RequestSignature && len(c.Value) >= 16 {
			return c, true
		}
	}
	if u := r.ParsedURL(); u != nil {
		for name, values := range u.Query() {
			if isSignatureName(name) && len(values[0]) >= 16 {
				return Credential{Kind: RequestSignature, Part: diff.Query, Name: name, Value: values[0]}, true
			}
		}
	}
	return Credential{}, false
}

// signedHeaderMissing looks for the headers that the signature is over.
// Recorders may leave those out that the client's transport adds.
func (v *View) signedHeaderMissing() []Evidence {
	s, ok := SigningOf(&v.Failed.Request)
	if !ok {
		return nil
	}
	for _, name := range s.SignedHeaders {
		if name == "host" || name == "content-length" || name == "connection" || name == "user-agent" || name == "accept-encoding" || name == "" || v.Failed.Request.Header.Has(name) {
			continue
		}
		if v.Good == nil || !v.Good.Request.Header.Has(name) {
			continue
		}
		return []Evidence{v.observed(Decisive, FromRequest, v.headerChange(name), "a header that is signed is not there")}
	}
	return nil
}

// scopeDoesNotFit compares the scope of the key with the date and the host.
func (v *View) scopeDoesNotFit() []Evidence {
	s, ok := SigningOf(&v.Failed.Request)
	if !ok || s.ScopeDate == "" {
		return nil
	}
	if !s.At.IsZero() && s.At.Format("20060102") != s.ScopeDate {
		return []Evidence{v.observed(Decisive, FromRequest, seen(diff.Request, s.Part, s.AtName, s.At.Format(basicISO)), "the day of the key's scope is not that of the signature")}
	}
	if v.Good == nil {
		return nil
	}
	good, ok := SigningOf(&v.Good.Request)
	if ok && good.ScopeDate != "" && (good.Region != s.Region || good.Service != s.Service) && !v.moved() {
		at := seen(diff.Request, s.Part, "authorization", s.Region+"/"+s.Service)
		if s.Part == diff.Query {
			at.Name = "X-Amz-Credential"
		}
		return []Evidence{v.observed(Strong, FromRequest, at, "the request is signed for another region or service")}
	}
	return nil
}

// sameSignature compares what is signed with the signatures: the same one over
// something else can't be right, nor can another one over the same at the same
// time.
func (v *View) sameSignature(signature Credential) []Evidence {
	if v.Good == nil {
		return nil
	}
	good, ok := signatureOf(&v.Good.Request)
	if !ok || good.Part != signature.Part {
		return nil
	}
	s, v4 := SigningOf(&v.Failed.Request)
	change, differs := v.signedChange(s, v4, signature)
	switch {
	case good.Value == signature.Value && differs && v4:
		return []Evidence{v.changed(Decisive, change, "what is signed differs under the same signature: it was changed after it was signed")}
	case good.Value == signature.Value && differs && change.Part == diff.Body:
		return []Evidence{v.changed(Decisive, change, "the body differs under the same signature: it was changed after it was signed")}
	case good.Value == signature.Value && differs:
		return []Evidence{v.changed(Weak, change, "something that may be signed differs under the same signature")}
	case good.Value != signature.Value && !differs && v4:
		g, _ := SigningOf(&v.Good.Request)
		if g.At.Equal(s.At) && g.AccessKey == s.AccessKey {
			return []Evidence{v.observed(Decisive, FromRequest, v.at(signature), "the same request has another signature: another secret signed it")}
		}
	case good.Value != signature.Value && !differs && v.only(signature):
		return []Evidence{v.observed(Strong, FromRequest, v.at(signature), "the same request has another signature: another secret signed it")}
	}
	return nil
}

// only tells whether nothing of the request differs but one credential.
func (v *View) only(c Credential) bool {
	for _, change := range v.Matter() {
		if change.Part != c.Part || !strings.EqualFold(change.Name, c.Name) {
			return false
		}
	}
	return true
}

// signedChange finds a change of something that the signature is over.
func (v *View) signedChange(s RequestSigning, v4 bool, signature Credential) (diff.Change, bool) {
	for _, c := range v.Changes {
		if c.Side != diff.Request || c.Part != diff.Body && (c.Op == diff.Respell || c.Op == diff.Layout || c.Op == diff.Reorder) {
			continue
		}
		switch c.Part {
		case diff.Path, diff.Host, diff.Port, diff.Method, diff.Body:
			return c, true
		case diff.Query:
			lower := strings.ToLower(c.Name)
			if !strings.EqualFold(c.Name, signature.Name) && !strings.HasPrefix(lower, "x-amz-") && !strings.HasPrefix(lower, "x-goog-") {
				return c, true
			}
		case diff.Header:
			if !v4 || c.Name == "authorization" || strings.HasSuffix(c.Name, "-date") {
				continue
			}
			for _, name := range s.SignedHeaders {
				if strings.EqualFold(name, c.Name) {
					return c, true
				}
			}
		}
	}
	return diff.Change{}, false
}

// signedLongAgo finds a signature that is stale although the client's clock is
// right: an old request was sent again.
func (v *View) signedLongAgo(says bool) []Evidence {
	signed, place, ok := clientTime(&v.Failed.Request)
	at, uncertain, known := v.ServerTime(Bad, v.Failed)
	if !ok || !known {
		return nil
	}
	lag := at.Sub(signed)
	if lag.Abs() <= signingAge+uncertain {
		return nil
	}
	if clock, has := v.ClientClock(Bad); has && (lag-clock.Offset).Abs() < signingAge {
		return []Evidence{v.against(Against, FromTime, "the client's clock is off by as much")}
	}
	strength := Strong
	if says {
		strength = Decisive
	}
	return []Evidence{v.observed(strength, FromTime, place, "the request was signed "+roughly(lag)+" away from the server's time, by a clock that is right")}
}

// ownSignature owns the change of the signature and of its time.
func (v *View) ownSignature(signature Credential) []Evidence {
	var evidence []Evidence
	for _, c := range v.Matter() {
		lower := strings.ToLower(c.Name)
		if c.Part == signature.Part && (strings.EqualFold(c.Name, signature.Name) || strings.HasPrefix(lower, "x-amz-") || strings.HasPrefix(lower, "x-goog-")) {
			evidence = append(evidence, v.changed(Weak, c, "part of the signature"))
			break
		}
	}
	return evidence
}

// injectRequestSignatureInvalid changes the request after it was signed.
func injectRequestSignatureInvalid(in *Injection) error {
	r := in.Request()
	c, ok := signatureOf(r)
	if !ok {
		return fmt.Errorf("%w: the request is not signed", ErrCannotInject)
	}
	content, err := r.Body.Bytes(maxSearchedBody)
	_, v4 := SigningOf(r)
	switch {
	case err == nil && len(content) > 0:
		r.Body = traffic.NewBody(r.Body.MediaType, append(content, ' '))
	case v4 && c.Part == diff.Query && in.Server == Mute:
		return fmt.Errorf("%w: nothing shows the link as it was signed", ErrCannotInject)
	case v4:
		u, err := url.Parse(r.URL)
		if err != nil {
			return fmt.Errorf("%w: the URL can't be parsed", ErrCannotInject)
		}
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += "changed=after-signing"
		r.URL, r.Query = u.String(), nil
	default:
		return fmt.Errorf("%w: the request has no body that %s is over", ErrCannotInject, c.Name)
	}
	in.Refuse(Refusal{Status: 403, Code: "SignatureDoesNotMatch", Description: "The request signature we calculated does not match the signature you provided"})
	return nil
}
