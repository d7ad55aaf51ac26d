package suite

import (
	"net/url"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/scenarios"
)

// login reads how a user logs in: the name of a login elsewhere, or all of it.
func (d *decoder) login(n *yaml.Node) *Login {
	l := &Login{}
	if n.Kind == yaml.ScalarNode {
		l.Name = d.word(n, "login")
		return l
	}
	d.fields(n, "login", []key{
		{"oauth2", func(v *yaml.Node) { l.OAuth2 = d.oauth2(v) }},
		{"capture", func(v *yaml.Node) { l.Capture = d.word(v, "capture") }},
		{"requests", func(v *yaml.Node) { l.Requests = d.loginRequests(v) }},
		{"take", func(v *yaml.Node) { l.Take = d.takes(v) }},
		{"set", func(v *yaml.Node) { l.Set = d.sets(v) }},
	})
	d.completeLogin(n, l)
	return l
}

// word reads a text that is not empty.
func (d *decoder) word(n *yaml.Node, what string) string {
	text, ok := d.text(n, what)
	if ok && text == "" {
		d.wrong(n, what+" is empty")
	}
	return text
}

// completeLogin tells what a login lacks, or has too much of.
func (d *decoder) completeLogin(n *yaml.Node, l *Login) {
	if n.Kind != yaml.MappingNode {
		return
	}
	kinds := 0
	for _, name := range []string{"oauth2", "capture", "requests"} {
		if find(n, name) != nil {
			kinds++
		}
	}
	if kinds != 1 {
		d.wrong(n, "login has one of oauth2, capture and requests")
	}
	taken := l.Take
	if l.OAuth2 != nil {
		if len(l.Take) > 0 {
			d.wrong(n, "take is for the answers of capture and requests: oauth2 takes the access_token")
		}
		taken = []Take{{}}
	}
	for _, r := range l.Requests {
		taken = append(taken[:len(taken):len(taken)], r.Take...)
	}
	for _, s := range l.Set {
		used := false
		for _, t := range taken {
			used = used || strings.Contains(s.Template, "{"+t.Name+"}")
		}
		if !used {
			d.wrong(n, "set of "+quoted(s.Path)+" holds nothing that take names: write take: response.body/access_token, and {} in set")
		}
	}
}

// userLogin reads a user that is a mapping.
func (d *decoder) userLogin(n *yaml.Node) *Login {
	var l *Login
	d.fields(n, "a user", []key{{"login", func(v *yaml.Node) { l = d.login(v) }}})
	if len(n.Content) == 0 {
		d.wrong(n, `a user is a credential, as in "Bearer env:TOKEN", or {login: …}`)
	}
	return l
}

func (d *decoder) oauth2(n *yaml.Node) *OAuth2 {
	o := &OAuth2{}
	d.fields(n, "oauth2", []key{
		{"token-url", func(v *yaml.Node) { o.TokenURL = d.tokenURL(v) }},
		{"client-id", func(v *yaml.Node) { o.ClientID = d.word(v, "client-id") }},
		{"client-secret", func(v *yaml.Node) { o.ClientSecret = d.place(v, "client-secret") }},
		{"refresh-token", func(v *yaml.Node) { o.RefreshToken = d.place(v, "refresh-token") }},
		{"scopes", func(v *yaml.Node) {
			d.items(v, func(item *yaml.Node) {
				if text, ok := d.text(item, "a scope"); ok {
					o.Scopes = append(o.Scopes, strings.Fields(text)...)
				}
			})
		}},
		{"params", func(v *yaml.Node) { o.Params = d.oauth2Params(v) }},
		{"client-auth", func(v *yaml.Node) {
			if text, ok := d.text(v, "client-auth"); ok && text != "header" && text != "params" {
				d.wrong(v, "client-auth is header or params: how the client says who it is")
			} else {
				o.ClientAuth = text
			}
		}},
	})
	if n.Kind == yaml.MappingNode {
		for _, name := range []string{"token-url", "client-id"} {
			if find(n, name) == nil {
				d.wrong(n, name+" is missing")
			}
		}
		if find(n, "client-secret") == nil && find(n, "refresh-token") == nil {
			d.wrong(n, "oauth2 needs client-secret, or refresh-token: write client-secret: env:NAME")
		}
	}
	return o
}

func (d *decoder) tokenURL(n *yaml.Node) string {
	text, ok := d.text(n, "token-url")
	if !ok {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Fragment != "" {
		d.wrong(n, "token-url is a whole URL without user and fragment: https://id.example.com/oauth/token")
		return ""
	}
	return text
}

func (d *decoder) oauth2Params(n *yaml.Node) []Param {
	var params []Param
	d.entries(n, "params", func(name string, at, value *yaml.Node) {
		switch name {
		case "grant_type", "client_id", "client_secret", "refresh_token", "scope":
			d.wrong(at, name+" has a key of its own")
			return
		}
		if text, ok := d.text(value, name); ok {
			params = append(params, Param{name, text})
		}
	})
	return params
}

// place reads the place of a secret.
func (d *decoder) place(n *yaml.Node, what string) string {
	text, ok := d.text(n, what)
	if !ok {
		return ""
	}
	if err := scenarios.CheckSecret(text); err != nil {
		d.wrong(n, what+" "+err.Error())
		return ""
	}
	return text
}
