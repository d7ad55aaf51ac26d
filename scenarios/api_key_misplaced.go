package scenarios

import (
	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func apiKeyMisplaced() *Cause {
	return &Cause{
		ID:    "api-key-misplaced",
		Kind:  Mechanism,
		Group: Credentials,
		Means: "The right key is sent at the wrong place: under another header name, or in the query, the body or Authorization instead.",
		Looks: "The value of the working key turns up elsewhere in the failing request and is missing at its own place; the server answers as if no key had come.",
		Unlike: []Unlike{
			{"api-key-missing", "there the value is nowhere in the request"},
			{"wrong-auth-scheme", "there the key stays in Authorization and the word in front changes"},
		},
		Advice: []Advice{
			{Client, "Use the name and the place of the documentation, to the letter.", `headers["X-Api-Key"] = key`},
			{Gateway, "Kong: list each name that clients use.", "key_names: [apikey, x-api-key]"},
			{Nginx, "As a help while clients move, and no longer: keys in URLs end up in logs.", "proxy_set_header X-Api-Key $arg_api_key;"},
		},
		Refs:     []string{"OpenAPI 3.1, Security Scheme Object (in, name)"},
		Prior:    -0.5,
		Explains: []string{"missing-credentials", "api-key-missing"},
		Detect:   detectAPIKeyMisplaced,
		Inject:   injectAPIKeyMisplaced,
		Parameters: []Parameter{
			{Name: "place", Type: TypeChoice, Choices: []Choice{{Value: "header", Doc: "a header of another name"}, {Value: "query", Doc: "the query"}}, Default: "header", Doc: "where the key goes instead"},
		},
		Enforced: ByClient,
		Expect:   refuses(expect.Lenient, 401, 403, 400, 404),
	}
}

func detectAPIKeyMisplaced(v *View) []Evidence {
	good := v.worked()
	if good == nil {
		return nil
	}
	var list []Evidence
	for _, c := range v.carriedKeys(good) {
		if now, there := valueAt(&v.Failed.Request, c.Part, c.Name); there && holds(now, c.Value) {
			continue
		}
		place, ok := elsewhere(&v.Failed.Request, c)
		if !ok {
			list = append(list, v.renamedKey(c)...)
			continue
		}
		if _, both := elsewhere(&good.Request, c); both {
			continue // the working request has it there too
		}
		list = append(list,
			v.observed(Decisive, FromRequest, v.sent(c), "the key is not where the working request has it"),
			v.observed(Decisive, FromRequest, v.sent(place), "the same key stands here instead"))
	}
	if len(list) == 0 {
		return nil
	}
	return append(list, v.soundsMissing(Strong, "the server saw no key")...)
}

// carriedKeys returns what may have moved: the keys of the working request,
// and its token where the failing one has no Authorization.
func (v *View) carriedKeys(good *traffic.Exchange) []Credential {
	var list []Credential
	for _, k := range v.keysOf(good) {
		list = append(list, k.Credential)
	}
	if a, ok := authorizationOf(good); ok && takesBareToken(a.Scheme) && !v.Failed.Request.Header.Has("authorization") {
		list = append(list, a)
	}
	return list
}

// renamedKey finds another key under a name of the same words: apikey for
// X-Api-Key.
func (v *View) renamedKey(c Credential) []Evidence {
	for _, other := range sentWith(v.Failed) {
		if other.Kind == APIKey && other.Name != c.Name && sameWords(other.Name, c.Name) {
			if _, before := valueAt(&v.Good.Request, other.Part, other.Name); before {
				continue
			}
			return []Evidence{
				v.observed(Strong, FromRequest, v.sent(c), "no key stands where the working request has it"),
				v.observed(Strong, FromRequest, v.sent(other), "a key stands under a similar name"),
			}
		}
	}
	return nil
}

// sameWords compares names without punctuation, case and a leading x.
func sameWords(a, b string) bool {
	bare := func(name string) string {
		name = joined(name)
		if len(name) > 1 && name[0] == 'x' {
			name = name[1:]
		}
		return name
	}
	return bare(a) == bare(b)
}

func injectAPIKeyMisplaced(in *Injection) error {
	c, ok := soleKey(in)
	if !ok {
		return cannot("the flow sends no API key")
	}
	r := in.Request()
	drop(r, c)
	switch {
	case c.Part == diff.Query:
		r.Header = append(r.Header, traffic.HeaderField{Name: "X-Api-Key", Value: c.Value})
	case in.pick("place", "header", "query") == 0:
		r.Header = append(r.Header, traffic.HeaderField{Name: c.Name + "-Id", Value: c.Value})
	case r.ParsedURL() != nil:
		u := r.ParsedURL()
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += "api_key=" + c.Value
		r.URL, r.Query = u.String(), nil
	}
	in.Refuse(Refusal{Status: 401, Scheme: "Key", Description: "No API key found in request"})
	return nil
}
