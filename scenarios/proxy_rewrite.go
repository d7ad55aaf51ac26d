package scenarios

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func proxyRewrite() *Cause {
	return &Cause{
		ID: "proxy-rewrite", Kind: Mechanism, Group: Proxies,
		Means: "A rewrite rule changed the path or the host before the app decided.",
		Looks: "The client asks for the same URL as before, and the error names another path, or a default site answers.",
		Unlike: []Unlike{
			{"wrong-path", "the client itself asked for another path"},
			{"request-signature-invalid", "what a rewrite does to a signed request"},
			{"missing-query-parameter", "the client lost the query"},
		},
		Advice: []Advice{
			{Nginx, "Without a path in proxy_pass the URI is passed on byte for byte; with one, the prefix is replaced and the rest decoded.", "location /api/ { proxy_pass http://app; }\nproxy_set_header Host $host;"},
			{Apache, "Pass the path on as it is.", "ProxyPass /api http://app/api nocanon\nProxyPreserveHost On"},
			{Gateway, "Compare the prefix that the route strips with what the app expects.", ""},
		},
		Mends: append(append(fieldMends(), answerMends()...),
			Mend{PathRewritten, Advice{Nginx, "With a path after the address, here the slash, proxy_pass replaces the prefix of its location: leave it out. Look for rewrite, too.", "location /api/ { proxy_pass http://app; }"}},
			Mend{PathRewritten, Advice{Apache, "Give both sides of ProxyPass the same path. Look for RewriteRule, too.", "ProxyPass /api/ http://app/api/ nocanon"}},
			Mend{PathRewritten, Advice{HAProxy, "Take out the rule that rewrites the path.", "# http-request replace-path …"}},
			Mend{PathRewritten, Advice{Caddy, "handle_path and uri strip_prefix take the prefix away: handle keeps it. Look for rewrite, too.", "handle /api/* { reverse_proxy app:8080 }"}},
			Mend{PathRewritten, Advice{Envoy, "Take out prefix_rewrite or regex_rewrite of the route.", "# prefix_rewrite: /"}},
			Mend{PathDecoded, Advice{Nginx, "With a path after the address, proxy_pass decodes the whole path: leave it out.", "location / { proxy_pass http://app; }"}},
			Mend{PathDecoded, Advice{Apache, "Let %2F through, and pass the path on as it came.", "AllowEncodedSlashes NoDecode\nProxyPass / http://app/ nocanon"}},
			Mend{PathDecoded, Advice{HAProxy, "Take out the rule that decodes or normalizes the path.", "# http-request normalize-uri percent-decode-unreserved\n# http-request set-path %[path,url_dec]"}},
			Mend{PathDecoded, Advice{Caddy, "A rewrite works on the decoded path: take it out.", "# rewrite * {path}"}},
			Mend{PathDecoded, Advice{Envoy, "Leave escaped slashes as they are.", "path_with_escaped_slashes_action: KEEP_UNCHANGED"}},
			Mend{SlashesMerged, Advice{Nginx, "Leave double slashes as they are.", "merge_slashes off;"}},
			Mend{SlashesMerged, Advice{Apache, "Leave double slashes as they are.", "MergeSlashes Off"}},
			Mend{SlashesMerged, Advice{HAProxy, "Take out the rule that merges slashes.", "# http-request normalize-uri path-merge-slashes"}},
			Mend{SlashesMerged, Advice{Envoy, "Leave double slashes as they are.", "merge_slashes: false"}},
			Mend{QueryDropped, Advice{Nginx, "An address with variables replaces path and query: pass the query on.", "proxy_pass http://app$uri$is_args$args;"}},
			Mend{QueryDropped, Advice{Apache, "A RewriteRule with a query of its own replaces the client's: append it.", "RewriteRule … [QSA]"}},
			Mend{QueryDropped, Advice{HAProxy, "set-uri and set-query replace the query.", "# http-request set-query …"}},
			Mend{QueryDropped, Advice{Caddy, "A rewrite with a query replaces the client's: append it.", "rewrite * /new?{query}"}},
			Mend{BodyDropped, Advice{Nginx, "Take out what keeps the body back.", "# proxy_pass_request_body off;"}},
			Mend{MethodReplaced, Advice{Nginx, "Take out what sets the method.", "# proxy_method …;"}},
			Mend{MethodReplaced, Advice{HAProxy, "Take out the rule that sets the method.", "# http-request set-method …"}},
			Mend{MethodReplaced, Advice{Caddy, "Take out the line that sets the method.", "# method GET"}},
			Mend{LocationRewritten, Advice{Nginx, "Take out proxy_redirect, or let it turn the backend's address into the public one.", "proxy_redirect off;"}},
			Mend{LocationRewritten, Advice{Apache, "Let ProxyPassReverse name the same path as ProxyPass.", "ProxyPassReverse / http://app/"}},
			Mend{LocationRewritten, Advice{HAProxy, "Take out the rule that edits Location.", "# http-response replace-header Location …"}},
			Mend{LocationRewritten, Advice{Caddy, "Take out the line that edits Location.", "# header_down Location …"}},
		),
		Refs:           []string{"nginx proxy_pass", "RFC 3986 section 6.2.2"},
		Prior:          -0.5,
		Explains:       []string{"wrong-path", "request-signature-invalid"},
		SeenFromInside: true,
		Detect:         detectProxyRewrite,
		Inject:         injectProxyRewrite,
		Parameters: []Parameter{
			{Name: "prefix", Type: TypePath, Doc: "the prefix that is stripped; the first segment without it"},
		},
		Enforced: ByProxy,
		Live:     liveProxyRewrite,
		Expect:   or(oneOf(expect.Lenient, 404, 401, 403, 405, 421, 400), sentAway(), expect.That(expect.StatusBetween(400, 499))),
	}
}

func detectProxyRewrite(v *View) []Evidence {
	if v.Failed.Response == nil || v.status() < 400 || v.pathChanged() {
		return nil
	}
	asked := v.Failed.Request.ParsedURL()
	if asked == nil {
		return nil
	}
	var found []Evidence
	if named, at := namedPath(v.Failed.Response); named != "" && otherPath(named, asked.Path) && isRewriteOf(named, asked.Path) {
		found = append(found, v.observed(Strong, FromText, at, "the error names another path than the one that was asked for"))
	}
	if v.statusIs(404, 421, 403) && isDefaultSite(v.Failed.Response) {
		found = append(found, v.observed(Strong, FromStatus, v.statusSeen(), "a default site answers: the host did not arrive"))
	}
	if v.status() == 421 {
		found = append(found, v.observed(Weak, FromStatus, v.statusSeen(), "421: the server does not serve this host"))
	}
	if len(found) > 0 && delicate(asked) {
		found = append(found, v.observed(Weak, FromRequest, diff.Edit{}, "the path has what proxies like to normalize"))
	}
	return found
}

// pathChanged tells whether the client asked for something else.
func (v *View) pathChanged() bool {
	for _, c := range v.Changes {
		if c.Side == diff.Request && c.Noise == "" && (c.Part == diff.Path || c.Part == diff.Host || c.Part == diff.Method || c.Part == diff.URL) {
			return true
		}
	}
	return false
}

// namedPath reads the path that an error names: Spring's and others' "path" or
// "instance", "Cannot GET /x", "No route matches [GET] \"/x\"", "The requested
// URL /x was not found".
func namedPath(r *traffic.Response) (string, diff.Edit) {
	content := rawBodyPrefix(r)
	if looksLikeJSON(content) {
		for _, s := range jsonStrings(content) {
			switch strings.ToLower(s.pointer[strings.LastIndexByte(s.pointer, '/')+1:]) {
			case "path", "instance", "uri", "requesturi", "request_uri":
				if strings.HasPrefix(s.text, "/") {
					return s.text, seen(diff.Response, diff.Body, s.pointer, s.text)
				}
			case "message", "detail", "error":
				if p := pathIn(s.text); p != "" {
					return p, seen(diff.Response, diff.Body, s.pointer, s.text)
				}
			}
		}
		return "", diff.Edit{}
	}
	for _, text := range markupTexts(string(content)) {
		if p := pathIn(text); p != "" {
			return p, seen(diff.Response, diff.Body, "", p)
		}
	}
	return "", diff.Edit{}
}

// pathIn returns the path in a sentence about one that was not found.
func pathIn(text string) string {
	folded := strings.ToLower(text)
	for _, before := range []string{"cannot get ", "cannot post ", "cannot put ", "cannot patch ", "cannot delete ", "no route matches ", "no route found for ", "requested url ", "no static resource ", "no handler found for ", "no mapping for ", "the current path, "} {
		at := strings.Index(folded, before)
		if at < 0 {
			continue
		}
		rest := text[at+len(before):]
		slash := strings.IndexByte(rest, '/')
		if slash < 0 || slash > 12 {
			continue
		}
		rest = rest[slash:]
		if end := strings.IndexAny(rest, " \"',<>)\r\n?"); end >= 0 {
			rest = rest[:end]
		}
		return strings.TrimRight(rest, ".")
	}
	return ""
}

func otherPath(named, asked string) bool {
	named, _, _ = strings.Cut(named, "?")
	if decoded, err := url.PathUnescape(named); err == nil {
		named = decoded
	}
	return strings.TrimRight(named, "/") != strings.TrimRight(asked, "/")
}

// isRewriteOf tells a prefix that was stripped or added, or a path that was
// normalized, from a path that the app looked up by itself.
func isRewriteOf(named, asked string) bool {
	named, asked = "/"+strings.Trim(named, "/"), "/"+strings.Trim(asked, "/")
	if len(named) < 2 || len(asked) < 2 {
		return false
	}
	return strings.HasSuffix(asked, named) || strings.HasSuffix(named, asked) ||
		strings.EqualFold(named, asked) || strings.ReplaceAll(asked, "//", "/") == named || lastSegment(named) == lastSegment(asked) && lastSegment(asked) != ""
}

func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// delicate paths come out of a normalizing proxy changed.
func delicate(u *url.URL) bool {
	raw := strings.ToLower(u.EscapedPath())
	return strings.Contains(raw, "%2f") || strings.Contains(raw, "//") || strings.Contains(raw, ";") || strings.Contains(raw, "%20") || strings.Contains(raw, "%25")
}

func isDefaultSite(r *traffic.Response) bool {
	text := bodyPrefix(r)
	for _, words := range []string{"welcome to nginx!", "<h1>it works!</h1>", "default page", "iis windows server", "welcome to caddy", "default backend - 404", "default web site"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

func injectProxyRewrite(in *Injection) error {
	u := in.Request().ParsedURL()
	if u == nil || strings.Count(strings.Trim(u.Path, "/"), "/") < 1 {
		return fmt.Errorf("%w: the path has no prefix to strip", ErrCannotInject)
	}
	_, rest, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	in.Refuse(Refusal{Status: 404, Description: "Cannot " + in.Request().Method + " /" + rest, Code: "not_found"})
	return nil
}

func liveProxyRewrite(in *Injection) error {
	u := in.Request().ParsedURL()
	if u == nil {
		return cannot("the URL can't be parsed")
	}
	prefix := in.With["prefix"]
	if prefix == "" {
		first, rest, _ := strings.Cut(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
		if rest == "" {
			return cannot("the path has no prefix to strip")
		}
		prefix = "/" + first
	}
	if !strings.HasPrefix(u.EscapedPath(), strings.TrimSuffix(prefix, "/")+"/") {
		return cannot("the path has another prefix")
	}
	return in.damage(Damage{Entry: in.Target, Do: StripPrefix, Value: strings.TrimSuffix(prefix, "/")})
}
