package credential

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// ErrPermanent is returned where trying again would fail in the same way: the
// client is unknown, the grant is spent.
var ErrPermanent = errors.New("trying again won't help")

// An AuthStyle is how a client tells a token endpoint who it is.
type AuthStyle string

// The styles (RFC 6749 section 2.3.1). AnyStyle tries the header first.
const (
	AnyStyle    AuthStyle = ""
	HeaderStyle AuthStyle = "header"
	ParamsStyle AuthStyle = "params"
)

// OAuth2 fetches access tokens by the client credentials grant (RFC 6749
// section 4.4), or by the refresh grant (section 6) where there is a
// RefreshToken.
type OAuth2 struct {
	Name         string // of the login, for messages
	TokenURL     string // absolute, http or https
	ClientID     string
	ClientSecret Secret // none: a public client, with the refresh grant only
	RefreshToken Secret // none: client credentials
	Scopes       []string
	Params       map[string]string // further parameters: audience, resource
	Style        AuthStyle

	// Set are the places of the token, "{}" in their templates; none: Bearer in
	// Authorization.
	Set []Set

	Getenv    func(string) string // nil: os.Getenv
	Transport http.RoundTripper   // must be given: it decides which hosts are dialled
	Now       func() time.Time    // nil: time.Now

	style   oauth2.AuthStyle // what worked
	current string           // the refresh token that an answer gave in place of the first
}

// Host is the host and port that the token endpoint is dialled at.
func (o *OAuth2) Host() string {
	u, err := url.Parse(o.TokenURL)
	if err != nil {
		return ""
	}
	if u.Port() == "" {
		port := "443"
		if u.Scheme == "http" {
			port = "80"
		}
		return u.Host + ":" + port
	}
	return u.Host
}

// Rotated tells that the server gave another refresh token, so that the one in
// RefreshToken is spent and the next run needs a new one (RFC 6749 section 6).
func (o *OAuth2) Rotated() bool { return o.current != "" }

// Fetch asks the token endpoint. It follows no redirect.
func (o *OAuth2) Fetch(ctx context.Context) (Credential, error) {
	c, err := o.fetch(ctx)
	return fetchedBy(ctx, o.Name, c, err)
}

func (o *OAuth2) fetch(ctx context.Context) (Credential, error) {
	if o.Transport == nil {
		return Credential{}, errors.New("no transport to reach the token endpoint with")
	}
	look := newLookup(o.Getenv)
	secret, refresh := look.read(o.ClientSecret), look.read(o.RefreshToken)
	if err := look.err(); err != nil {
		return Credential{}, fmt.Errorf("%w; %w", err, ErrPermanent)
	}
	answered := &dated{RoundTripper: o.Transport}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport: answered,
		// A redirected POST would hand the client's secret to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	token, err := o.ask(ctx, secret, first(o.current, refresh))
	if err != nil {
		return Credential{}, err
	}
	if refresh != "" && token.RefreshToken != "" && token.RefreshToken != first(o.current, refresh) {
		o.current = token.RefreshToken
	}
	return o.credential(token, answered.date)
}

// credential puts a token where it goes.
func (o *OAuth2) credential(token *oauth2.Token, date time.Time) (Credential, error) {
	// Type is Bearer where the answer has none, which RFC 6749 section 5.1
	// forbids and servers do.
	c, err := ofToken(token.AccessToken, token.Type())
	if err == nil && len(o.Set) > 0 {
		c, err = fill(o.Set, map[string]string{"": token.AccessToken})
	}
	if err != nil {
		return Credential{}, err
	}
	lifetime := time.Duration(token.ExpiresIn) * time.Second
	if lifetime == 0 {
		lifetime = seconds(token.Extra("expires_in"))
	}
	return timed(c, clock(o.Now), lifetime, date), nil
}

// ask sends the grant. Without a style that is known to work the header is
// tried first (a server must support it, RFC 6749 section 2.3.1), and the body
// only where the client was not recognised: x/oauth2 tries again after any
// error, which doubles what an account's lock counts.
func (o *OAuth2) ask(ctx context.Context, secret, refresh string) (*oauth2.Token, error) {
	switch style := o.knownStyle(secret); style {
	case oauth2.AuthStyleAutoDetect:
		token, err := o.grant(ctx, secret, refresh, oauth2.AuthStyleInHeader)
		if err == nil {
			o.style = oauth2.AuthStyleInHeader
			return token, nil
		}
		if !clientUnknown(err) {
			return nil, failed(err)
		}
		token, err = o.grant(ctx, secret, refresh, oauth2.AuthStyleInParams)
		if err != nil {
			return nil, failed(err)
		}
		o.style = oauth2.AuthStyleInParams
		return token, nil
	default:
		token, err := o.grant(ctx, secret, refresh, style)
		if err != nil {
			return nil, failed(err)
		}
		return token, nil
	}
}

func (o *OAuth2) knownStyle(secret string) oauth2.AuthStyle {
	switch {
	case o.Style == HeaderStyle:
		return oauth2.AuthStyleInHeader
	case o.Style == ParamsStyle, secret == "": // a public client says client_id in the body
		return oauth2.AuthStyleInParams
	}
	return o.style
}

func (o *OAuth2) grant(ctx context.Context, secret, refresh string, style oauth2.AuthStyle) (*oauth2.Token, error) {
	params := url.Values{}
	for name, value := range o.Params {
		params.Set(name, value)
	}
	if refresh != "" {
		// The refresh grant of oauth2.Config takes no further parameters, that
		// of clientcredentials does, and lets grant_type be replaced.
		params.Set("grant_type", "refresh_token")
		params.Set("refresh_token", refresh)
	}
	config := clientcredentials.Config{
		ClientID: o.ClientID, ClientSecret: secret, TokenURL: o.TokenURL,
		Scopes: o.Scopes, EndpointParams: params, AuthStyle: style,
	}
	return config.Token(ctx)
}

// clientUnknown tells the answers after which the other style may work.
func clientUnknown(err error) bool {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.ErrorCode {
	case "invalid_client", "invalid_request", "unauthorized_client":
		return true
	case "":
		return answer.Response.StatusCode == 400 || answer.Response.StatusCode == 401
	}
	return false
}

// failed says why a token endpoint gave no token. Of its answer only the error
// code is told, and the description where it is words.
func failed(err error) error {
	var answer *oauth2.RetrieveError
	var sent *url.Error
	switch {
	case errors.As(err, &answer):
		return refusal(answer)
	case errors.As(err, &sent):
		return fmt.Errorf("the token endpoint was not reached: %w", sent.Err)
	case strings.Contains(err.Error(), "missing access_token"):
		return errors.New("the token endpoint's answer has no access_token")
	case strings.Contains(err.Error(), "cannot overwrite"):
		return fmt.Errorf("params repeat a parameter of the grant; %w", ErrPermanent)
	}
	return errors.New("the token endpoint's answer is neither JSON nor a form: is token-url the token endpoint?")
}

// refusal tells an error answer (RFC 6749 section 5.2).
func refusal(answer *oauth2.RetrieveError) error {
	status := answer.Response.StatusCode
	if 300 <= status && status < 400 {
		return fmt.Errorf("the token endpoint redirects (%d), which is not followed with a secret: give its real address as token-url; %w", status, ErrPermanent)
	}
	text := fmt.Sprintf("the token endpoint answered %d", status)
	if code := safeCode(answer.ErrorCode); code != "" {
		text += " " + code
	}
	if answer.ErrorDescription != "" {
		text += ": " + description(answer.ErrorDescription)
	}
	if advice := adviceFor(answer.ErrorCode); advice != "" {
		return fmt.Errorf("%s; %s; %w", text, advice, ErrPermanent)
	}
	return errors.New(text)
}

// adviceFor is what to do about the errors of RFC 6749 section 5.2 and 8707
// section 2, "" for those that may pass.
func adviceFor(code string) string {
	switch code {
	case "invalid_client":
		return "check client-id and client-secret"
	case "invalid_grant":
		return "the refresh token is expired, revoked or spent: get a new one"
	case "unauthorized_client", "unsupported_grant_type":
		return "allow this grant for the client at the token server"
	case "invalid_scope":
		return "check scopes"
	case "invalid_target":
		return "check audience and resource in params"
	case "invalid_request":
		return "the token server needs other params"
	}
	return ""
}

// safeCode is an error code fit to be shown: the codes that are known, and
// words like them.
func safeCode(code string) string {
	if len(code) > 40 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return ""
	}
	return code
}

const maxDescription = 200

// description is a server's own words, fit to be shown.
func description(text string) string {
	if len(text) > maxDescription {
		text = strings.ToValidUTF8(text[:maxDescription], "") + "…"
	}
	return mask.Visible(new(mask.Masker).Text(text))
}

// dated notes the Date of the last answer: the issuer's clock.
type dated struct {
	http.RoundTripper
	date time.Time
}

// RoundTrip implements http.RoundTripper.
func (d *dated) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := d.RoundTripper.RoundTrip(r)
	if answer != nil {
		d.date, _ = http.ParseTime(answer.Header.Get("Date"))
	}
	return answer, err
}
