package credential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Step is one request of a login.
type Step struct {
	Method string
	Target string        // path and query, or a whole URL of a mapped origin
	Header []SecretParam // in order
	Form   []SecretParam // sent as application/x-www-form-urlencoded
	JSON   any           // what encoding/json has for a document, with a Secret for each string; nil: none
	Take   []Take        // values for the steps behind it: "{name}" in a literal
}

// A SecretParam is a name with a value that may be kept elsewhere.
type SecretParam struct {
	Name  string
	Value Secret
}

// Where names the step in messages.
func (s Step) Where(i int) string {
	path, _, _ := strings.Cut(s.Target, "?")
	return fmt.Sprintf("step %d (%s %s)", i+1, s.Method, path)
}

// walk sends the steps in order. All secrets are looked up before the first
// one leaves.
func (l *Login) walk(ctx context.Context) ([]*traffic.Exchange, map[string]string, error) {
	look := newLookup(l.Getenv)
	for _, s := range l.Steps {
		s.request(look, nil)
	}
	if err := look.err(); err != nil {
		return nil, nil, fmt.Errorf("%w; %w", err, ErrPermanent)
	}
	session := l.Sender.Session()
	values := map[string]string{}
	var answers []*traffic.Exchange
	for i, s := range l.Steps {
		look := newLookup(l.Getenv)
		request := s.request(look, values)
		if err := look.err(); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.Where(i), err)
		}
		got, err := session.Send(ctx, request)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.Where(i), err)
		}
		if len(got) == 0 {
			return nil, nil, fmt.Errorf("%s was not answered", s.Where(i))
		}
		if last := got[len(got)-1]; isRefusal(last) {
			return nil, nil, refusedAt(last, s.Where(i))
		}
		answers = append(answers, got...)
		if err := takeAll(s.Take, got, values); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.Where(i), err)
		}
	}
	return answers, values, nil
}

func takeAll(takes []Take, answers []*traffic.Exchange, values map[string]string) error {
	var errs []error
	for _, t := range takes {
		value, _, err := t.find(answers)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		values[t.Name] = value
	}
	return errors.Join(errs...)
}

// request makes the request of a step. What look could not read is noted there.
func (s Step) request(look *lookup, values map[string]string) *traffic.Request {
	r := &traffic.Request{Method: s.Method, URL: filledTarget(s.Target, values)}
	for _, p := range s.Header {
		r.Header = append(r.Header, traffic.HeaderField{Name: p.Name, Value: look.filled(p.Value, values)})
	}
	switch {
	case s.JSON != nil:
		content, err := json.Marshal(look.filledJSON(s.JSON, values))
		if err != nil {
			look.errs = append(look.errs, errors.New("its json can't be written"))
		}
		r.Body = traffic.NewBody("application/json", content)
	case len(s.Form) > 0:
		var pairs []string
		for _, p := range s.Form {
			pairs = append(pairs, url.QueryEscape(p.Name)+"="+url.QueryEscape(look.filled(p.Value, values)))
		}
		r.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte(strings.Join(pairs, "&")))
	default:
		return r
	}
	if !r.Header.Has("content-type") {
		r.Header = append(r.Header, traffic.HeaderField{Name: "Content-Type", Value: r.Body.MediaType})
	}
	return r
}

// filledTarget puts values into a path and query, encoded.
func filledTarget(target string, values map[string]string) string {
	encoded := map[string]string{}
	for name, value := range values {
		encoded[name] = url.QueryEscape(value)
	}
	return filled(target, encoded)
}

// filled reads a secret. Values go into texts that stand in the file, never
// into what was looked up.
func (l *lookup) filled(s Secret, values map[string]string) string {
	if s.env == "" && s.file == "" {
		return filled(s.text, values)
	}
	return l.read(s)
}

func (l *lookup) filledJSON(node any, values map[string]string) any {
	switch n := node.(type) {
	case Secret:
		return l.filled(n, values)
	case map[string]any:
		out := make(map[string]any, len(n))
		for name, member := range n {
			out[name] = l.filledJSON(member, values)
		}
		return out
	case []any:
		out := make([]any, len(n))
		for i, element := range n {
			out[i] = l.filledJSON(element, values)
		}
		return out
	}
	return node
}
