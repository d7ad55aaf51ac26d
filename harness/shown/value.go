package shown

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// A Door is what every value of a pair passes before it is shown.
type Door struct {
	*mask.Masker
	OK, Bad time.Time // when the exchanges began, zero where unknown
}

// PairDoor is the door for the edits between two exchanges.
func PairDoor(m *mask.Masker, ok, bad *traffic.Exchange) Door {
	return Door{m, began(ok), began(bad)}
}

// began is when an exchange began; a cassette has no clock, so it is when the
// server says that it answered.
func began(x *traffic.Exchange) time.Time {
	if x.Recorded.Started.Known() || x.Response == nil {
		return x.Recorded.Started.Time
	}
	date, err := http.ParseTime(x.Response.Header.Get("date"))
	if err != nil {
		return time.Time{}
	}
	return date
}

// Values returns old and new value of an edit as they may be shown.
func (d Door) Values(e diff.Edit) (old, new string) {
	switch e.Op {
	case diff.Reorder:
		return "", ""
	case diff.Respell, diff.Layout:
		return mask.Visible(d.Text(e.Old)), mask.Visible(d.Text(e.New))
	case diff.Add:
		return "", d.masked(e, e.New, d.Bad)
	case diff.Remove:
		return d.masked(e, e.Old, d.OK), ""
	}
	return d.masked(e, e.Old, d.OK), d.masked(e, e.New, d.Bad)
}

func (d Door) masked(e diff.Edit, value string, at time.Time) string {
	switch e.Part {
	case diff.URL, diff.Location:
		return d.URL(value)
	case diff.Userinfo:
		return strings.TrimSuffix(strings.TrimPrefix(d.URL("http://"+value+"@h"), "http://"), "@h")
	case diff.Path:
		return strings.TrimPrefix(d.URL("/"+value), "/")
	case diff.Fragment:
		return strings.TrimPrefix(d.URL("#"+value), "#")
	case diff.Query:
		if e.Name == "" { // the query as a whole
			return strings.TrimPrefix(d.URL("?"+value), "?")
		}
		return d.Query(e.Name, value)
	case diff.Header:
		return d.below(e.Name, e.Sub, value, at, func() string { return d.Header(e.Name, value) })
	case diff.Cookie:
		return d.below(e.Name, e.Sub, value, at, func() string { return d.Cookie(e.Name, value) })
	case diff.SetCookie:
		return d.setCookie(e, value, at)
	case diff.Body:
		return d.body(e, value)
	case diff.Note:
		return d.json(e.Name+"/"+strings.ReplaceAll(e.Sub, ".", "/"), value)
	default:
		return d.Text(value)
	}
}

// below masks a value inside a header or a cookie: a claim, a parameter
// of credentials, a user name.
func (d Door) below(name, sub, value string, at time.Time, whole func() string) string {
	switch last := sub[strings.LastIndexByte(sub, '.')+1:]; {
	case sub == "":
		return whole()
	case last == "scheme":
		return mask.Visible(value)
	case last == "credentials":
		return d.Header(name, value)
	case strings.HasPrefix(sub, "claims.") || strings.Contains(sub, ".claims.") ||
		strings.HasPrefix(sub, "header.") || strings.Contains(sub, ".header."):
		return d.claim(last, value, at)
	case strings.HasSuffix(name, "authenticate"):
		return strings.TrimPrefix(d.Header(name, "X "+last+"="+value), "X "+last+"=")
	default:
		return d.Form(last, value)
	}
}

func (d Door) setCookie(e diff.Edit, value string, at time.Time) string {
	switch {
	case e.Sub == "":
		return d.Header("set-cookie", value)
	case e.Sub == "value":
		return d.Cookie(e.Name, value)
	case strings.HasPrefix(e.Sub, "value."):
		return d.below(e.Name, strings.TrimPrefix(e.Sub, "value."), value, at, nil)
	default:
		return d.Text(value)
	}
}

func (d Door) body(e diff.Edit, value string) string {
	switch {
	case e.WholeBody():
		return d.Body("", []byte(value))
	case strings.HasPrefix(e.Name, "/"):
		return d.json(e.Name, value)
	case isLine(e.Name):
		return d.Text(strings.TrimRight(value, "\r\n"))
	default:
		return d.Form(e.Name, value)
	}
}

// json masks a value at a JSON Pointer. The nearest member gives it its name:
// in {"tokens":["…"]} the first element is of the tokens.
func (d Door) json(pointer, value string) string {
	name := ""
	for segment := range strings.SplitSeq(pointer, "/") {
		if segment != "" && !isLine(segment) {
			name = segment
		}
	}
	if !strings.HasPrefix(value, "{") && !strings.HasPrefix(value, "[") {
		return d.JSON(name, unquoted(value))
	}
	quoted, err := jsontext.AppendQuote(nil, name)
	if err != nil {
		return d.Body("application/json", []byte(value))
	}
	before, after := "{"+string(quoted)+":", "}"
	shown := d.Body("application/json", []byte(before+value+after))
	return strings.TrimSuffix(strings.TrimPrefix(shown, before), after)
}

func isLine(name string) bool {
	_, err := strconv.Atoi(name)
	return err == nil
}

// claim masks a claim; a time is shown in words too, seen from the request.
func (d Door) claim(name, value string, at time.Time) string {
	shown := d.Claim(name, unquoted(value))
	switch name {
	case "exp", "nbf", "iat", "auth_time":
		if when, ok := NumericDate(value); ok {
			shown += " (" + when.Format("2006-01-02 15:04:05Z") + distance(when, at) + ")"
		}
	}
	return shown
}

// NumericDate reads a time of a claim (RFC 7519 section 2) that a calendar has
// room for.
func NumericDate(claim string) (time.Time, bool) {
	seconds, err := strconv.ParseFloat(claim, 64)
	if err != nil || !(0 < seconds && seconds < 1e11) {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}

// distance says how far a time is from the request, in the two largest units.
func distance(when, request time.Time) string {
	if request.IsZero() {
		return ", the request has no time"
	}
	d, where := when.Sub(request), "after"
	if d < 0 {
		d, where = -d, "before"
	}
	var text string
	switch {
	case d >= 48*time.Hour:
		text = fmt.Sprintf("%d d", d/(24*time.Hour))
	case d >= time.Hour:
		text = fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		text = fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	default:
		text = fmt.Sprintf("%d s", d/time.Second)
	}
	return ", " + text + " " + where + " the request"
}

// unquoted returns the string that a JSON string holds, other values as they
// stand.
func unquoted(value string) string {
	if !strings.HasPrefix(value, `"`) {
		return value
	}
	text, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return value
	}
	return string(text)
}
