package scenarios

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// timeOf is the server's time of an exchange of the flow: its Date, else the
// recorder's.
func (in *Injection) timeOf(x *traffic.Exchange) (time.Time, bool) {
	if date, ok := dateOf(x); ok {
		return date, true
	}
	return x.Recorded.Started.Time, x.Recorded.Started.Known()
}

// passTime lets time pass before the target: it and all that follow happen
// later, by every clock.
func (in *Injection) passTime(d time.Duration) {
	for i := in.Target; i < len(in.Flow.Exchanges); i++ {
		x := in.own(i)
		shiftStarted(x, d)
		shiftDate(x, d)
	}
	in.Now = in.Now.Add(d)
}

// shiftStarted moves what the recorder noted; shiftDate what the server said.
func shiftStarted(x *traffic.Exchange, d time.Duration) {
	if x.Recorded.Started.Known() {
		at := x.Recorded.Started.Time.Add(d)
		x.Recorded.Started = traffic.Timestamp{Time: at, Text: at.Format(time.RFC3339Nano)}
	}
}

func shiftDate(x *traffic.Exchange, d time.Duration) {
	if x.Response == nil {
		return
	}
	if date, err := http.ParseTime(x.Response.Header.Get("date")); err == nil {
		SetHeader(&x.Response.Header, "Date", date.Add(d).UTC().Format(http.TimeFormat))
	}
}

// forge replaces the token of the target by one with other claims; nil deletes
// one. Its signature is made up: good enough for a capture, which nobody
// verifies. A live request needs a key for it.
func (in *Injection) forge(claims map[string]any) error {
	token, c, ok := TokenOf(in.Exchange())
	if !ok {
		return fmt.Errorf("%w: the request carries no token that can be read", ErrCannotInject)
	}
	changed := maps.Clone(token.Claims)
	for name, value := range claims {
		if value == nil {
			delete(changed, name)
		} else {
			changed[name] = value
		}
	}
	payload, err := json.Marshal(changed)
	if err != nil {
		return fmt.Errorf("write the token: %w", err)
	}
	header, _, _ := strings.Cut(token.Raw, ".")
	signature := make([]byte, base64.RawURLEncoding.DecodedLen(len(token.Signature)))
	for i := range signature {
		signature[i] = byte(in.Rand.UintN(256))
	}
	in.replaceCredential(c, header+"."+base64.RawURLEncoding.EncodeToString(payload)+"."+base64.RawURLEncoding.EncodeToString(signature), token.Raw)
	return nil
}

// replaceCredential puts another value in the place of an old one.
func (in *Injection) replaceCredential(c Credential, value, old string) {
	r := in.Request()
	if c.Part == diff.Query {
		r.URL = strings.ReplaceAll(r.URL, old, value)
		for i := range r.Query {
			r.Query[i].Value = strings.ReplaceAll(r.Query[i].Value, old, value)
		}
		return
	}
	for i := range r.Header {
		r.Header[i].Value = strings.ReplaceAll(r.Header[i].Value, old, value)
	}
	for i := range r.Cookies {
		r.Cookies[i].Value = strings.ReplaceAll(r.Cookies[i].Value, old, value)
	}
}
