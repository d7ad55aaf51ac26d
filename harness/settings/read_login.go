package settings

import (
	"net/url"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/net/http/httpguts"

	"github.com/replaydiff/replay/harness/credential"
)

func (r *reader) oauth2(name string, n *yaml.Node) *credential.OAuth2 {
	o := &credential.OAuth2{Name: name}
	r.mapping(n, "oauth2", keys{
		"token-url":     func(n *yaml.Node) { o.TokenURL = r.tokenURL(n) },
		"client-id":     func(n *yaml.Node) { o.ClientID = r.text(n, "client-id") },
		"client-secret": func(n *yaml.Node) { o.ClientSecret = r.secret(n, "client-secret") },
		"refresh-token": func(n *yaml.Node) { o.RefreshToken = r.secret(n, "refresh-token") },
		"scopes": func(n *yaml.Node) {
			r.list(n, "scopes", true, func(n *yaml.Node) {
				o.Scopes = append(o.Scopes, strings.Fields(r.text(n, "a scope"))...)
			})
		},
		"params": func(n *yaml.Node) {
			o.Params = map[string]string{}
			r.pairs(n, "params", func(key, value *yaml.Node) {
				switch key.Value {
				case "grant_type", "client_id", "client_secret", "refresh_token", "scope":
					r.wrong(key, "%s has a key of its own", key.Value)
				default:
					o.Params[key.Value] = r.text(value, key.Value)
				}
			})
		},
		"client-auth": func(n *yaml.Node) {
			switch style := credential.AuthStyle(r.text(n, "client-auth")); style {
			case credential.HeaderStyle, credential.ParamsStyle:
				o.Style = style
			default:
				r.wrong(n, "client-auth is header or params: how the client says who it is")
			}
		},
	})
	r.required(n, "token-url", "client-id")
	if !has(n, "client-secret") && !has(n, "refresh-token") {
		r.wrong(n, "oauth2 needs client-secret, or refresh-token: write client-secret: env:NAME")
	}
	return o
}

// required reports keys that a mapping lacks.
func (r *reader) required(n *yaml.Node, names ...string) {
	for _, name := range names {
		if !has(n, name) {
			r.wrong(n, "%s is missing", name)
		}
	}
}

// has tells whether a node is no mapping, which was reported, or has the key.
func has(n *yaml.Node, name string) bool {
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return true
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return true
		}
	}
	return false
}

func (r *reader) tokenURL(n *yaml.Node) string {
	text := r.text(n, "token-url")
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		r.wrong(n, "token-url is a whole URL: https://id.example.com/oauth/token")
	case u.User != nil:
		r.wrong(n, "token-url holds a user: write client-id and client-secret")
	case u.Fragment != "":
		r.wrong(n, "token-url has a fragment (RFC 6749 section 3.2 forbids it)")
	}
	return text
}

func (r *reader) secret(n *yaml.Node, what string) credential.Secret {
	text := r.text(n, what)
	if text == "" {
		return credential.Secret{}
	}
	return r.secretOf(n, text)
}

func (r *reader) secretOf(n *yaml.Node, text string) credential.Secret {
	s, err := credential.ParseSecret(text, r.folder)
	if err != nil {
		r.wrong(n, "%s", err)
	}
	return s
}

// path is a path of the file, which is relative to its folder.
func (r *reader) path(text string) string {
	if text == "" || filepath.IsAbs(text) {
		return text
	}
	return filepath.Join(r.folder, text)
}

// takes reads one path, or paths by name.
func (r *reader) takes(n *yaml.Node) []credential.Take {
	var takes []credential.Take
	add := func(n *yaml.Node, name string) {
		t := credential.Take{Name: name, Path: r.text(n, "take")}
		if t.Path == "" {
			return
		}
		if err := t.Check(); err != nil {
			r.wrong(n, "%s", err)
		}
		takes = append(takes, t)
	}
	if n.Kind == yaml.ScalarNode {
		add(n, "")
		return takes
	}
	r.pairs(n, "take", func(key, value *yaml.Node) {
		if strings.ContainsAny(key.Value, "{}") {
			r.wrong(key, "a name has no braces")
			return
		}
		add(value, key.Value)
	})
	return takes
}

func (r *reader) sets(n *yaml.Node) []credential.Set {
	var sets []credential.Set
	r.pairs(n, "set", func(key, value *yaml.Node) {
		s := credential.Set{Path: key.Value, Template: r.text(value, "the value of set")}
		if s.Template == "" {
			return
		}
		if err := s.Check(); err != nil {
			r.wrong(key, "%s", err)
			return
		}
		sets = append(sets, s)
	})
	return sets
}

// known reports what a set uses and no take names.
func (r *reader) known(n *yaml.Node, sets []credential.Set, takes []credential.Take) {
	for _, s := range sets {
		used := false
		for _, t := range takes {
			used = used || strings.Contains(s.Template, "{"+t.Name+"}")
		}
		if !used {
			r.wrong(n, "set of %s holds nothing that take names: write take: response.body/access_token, and {} in set", s.Path)
		}
	}
}

// step reads one request of a flow.
func (r *reader) step(n *yaml.Node) credential.Step {
	var s credential.Step
	r.mapping(n, "a request", keys{
		"request": func(n *yaml.Node) { s.Method, s.Target = r.requestLine(n) },
		"header": func(n *yaml.Node) {
			s.Header = r.params(n, "header")
			r.headers(n)
		},
		"form": func(n *yaml.Node) { s.Form = r.params(n, "form") },
		"json": func(n *yaml.Node) { s.JSON = r.json(n) },
		"take": func(n *yaml.Node) { s.Take = r.takes(n) },
	})
	r.required(n, "request")
	if s.JSON != nil && s.Form != nil {
		r.wrong(n, "a request has form or json")
	}
	return s
}

func (r *reader) requestLine(n *yaml.Node) (method, target string) {
	line := r.text(n, "request")
	if line == "" {
		return "", ""
	}
	method, target, ok := strings.Cut(line, " ")
	target = strings.TrimSpace(target)
	whole := strings.HasPrefix(target, "https://") || strings.HasPrefix(target, "http://")
	if !ok || !httpguts.ValidHeaderFieldName(method) || method != strings.ToUpper(method) || !whole && !strings.HasPrefix(target, "/") || strings.ContainsAny(target, " \t\r\n") {
		r.wrong(n, "request is a method and a path: POST /login")
	}
	return method, target
}

func (r *reader) params(n *yaml.Node, what string) []credential.SecretParam {
	var params []credential.SecretParam
	r.pairs(n, what, func(key, value *yaml.Node) {
		followed, ok := r.follow(value)
		if !ok {
			return
		}
		if followed.Kind != yaml.ScalarNode {
			r.wrong(value, "the value of %s is a text, not %s", shown(key.Value), kindOf(followed))
			return
		}
		params = append(params, credential.SecretParam{Name: key.Value, Value: r.secretOf(value, followed.Value)})
	})
	return params
}

func (r *reader) headers(n *yaml.Node) {
	n, ok := r.follow(n)
	if !ok || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			r.wrong(n.Content[i], "the name of the field holds a character that it can't have")
		case credential.Computed(name):
			r.wrong(n.Content[i], "the field %s is computed for each request", name)
		case strings.ContainsAny(n.Content[i+1].Value, "\r\n\x00"):
			r.wrong(n.Content[i+1], "the value of the field holds a line break")
		}
	}
}

// json reads a document; texts in it may be kept elsewhere.
func (r *reader) json(n *yaml.Node) any {
	n, ok := r.follow(n)
	if !ok {
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		members := map[string]any{}
		r.pairs(n, "json", func(key, value *yaml.Node) { members[key.Value] = r.json(value) })
		return members
	case yaml.SequenceNode:
		elements := []any{}
		for _, element := range n.Content {
			elements = append(elements, r.json(element))
		}
		return elements
	}
	switch n.Tag {
	case "!!null", "!!bool", "!!int", "!!float":
		var value any
		if err := n.Decode(&value); err != nil {
			r.wrong(n, "json can't be read")
		}
		return value
	}
	return r.secretOf(n, n.Value)
}
