package scenarios

import (
	"fmt"
	"strconv"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Refusal is what a server means when it refuses.
type Refusal struct {
	Status      int
	Scheme      string // of the challenge of a 401; "" none
	Error       string // error code of the challenge (RFC 6750 section 3.1); "" where no token was seen
	Description string // for people
	Code        string // machine code in a JSON body
}

// A Speech is how much of it the server says, and in which dress.
type Speech string

// The speeches.
const (
	Informative Speech = "informative" // challenge with error and description, JSON body
	Plain       Speech = "plain"       // challenge with the realm alone, JSON body with the description
	Page        Speech = "page"        // an HTML page with the description
	Mute        Speech = "mute"        // the status and nothing else
)

// Speeches lists them all.
func Speeches() []Speech { return []Speech{Informative, Plain, Page, Mute} }

// Answer puts a refusal into a response.
func (s Speech) Answer(r Refusal) *traffic.Response {
	out := &traffic.Response{Status: r.Status}
	add := func(name, value string) {
		out.Header = append(out.Header, traffic.HeaderField{Name: name, Value: value})
	}
	if r.Scheme != "" && s != Mute {
		challenge := r.Scheme + ` realm="service"`
		if r.Error != "" && s == Informative {
			challenge += fmt.Sprintf(`, error=%q, error_description=%q`, r.Error, r.Description)
		}
		add("WWW-Authenticate", challenge)
	}
	switch s {
	case Mute:
		add("Content-Length", "0")
	case Page:
		add("Content-Type", "text/html; charset=utf-8")
		out.Body = traffic.NewBody("text/html; charset=utf-8", []byte("<!doctype html><title>"+strconv.Itoa(r.Status)+
			"</title><h1>"+strconv.Itoa(r.Status)+"</h1><p>"+r.Description+"</p>"))
	default:
		add("Content-Type", "application/json")
		code := r.Code
		if code == "" {
			code = r.Error
		}
		out.Body = traffic.NewBody("application/json", fmt.Appendf(nil, `{"status":%d,"error":%q,"message":%q}`, r.Status, code, r.Description))
	}
	return out
}
