package proxies_test

import (
	"strings"
	"testing"

	"github.com/replaydiff/replay/harness/results"
)

// site is a configuration around what a row has of its own.
func site(server, before, inside string) string {
	switch server {
	case "nginx":
		return before + "server {\n\tlisten {{listen}};\n\tunderscores_in_headers on;\n\tproxy_set_header Host $http_host;\n\t" + inside + "\n}\n"
	case "apache":
		return "<VirtualHost {{listen}}>\n\tAllowEncodedSlashes NoDecode\n\tProxyPreserveHost On\n\t" + before + "\n\t" + inside + "\n" +
			"\tProxyPass / http://{{upstream}}/ nocanon\n</VirtualHost>\n"
	case "haproxy":
		return before + "frontend site\n\tbind {{listen}}\n\t" + inside + "\n\tdefault_backend shop\n\nbackend shop\n\tserver app {{upstream}}\n"
	}
	return before + "http://{{listen}} {\n\t" + inside + "\n}\n"
}

// What else administrators write, beside what stands in the folders: each wrong
// line is one finding with its mend, and each right one is none.
func TestThroughOthers(t *testing.T) {
	const pass, fallback = "proxy_pass http://{{upstream}};", "location / { proxy_pass http://{{upstream}}; }\n\t"
	for _, tt := range []struct {
		server, before, inside string
		cause, does, mend      string // "": nothing is wrong
		reason                 string
	}{
		{"nginx", "", "location /api/ { proxy_pass http://{{upstream}}/api/; } " + fallback, "", "", "", "a path that replaces itself"},
		{"nginx", "proxy_cache_path {{folder}}/cache keys_zone=pages:1m;\n", "location / { " + pass + " proxy_cache pages; proxy_cache_key $request_uri$http_authorization$http_cookie; proxy_no_cache $http_authorization $http_cookie; proxy_cache_bypass $http_authorization $http_cookie; }",
			"", "", "", "a cache that leaves alone what belongs to a user"},
		{"nginx", "", "location /api/ { auth_request /_ask; " + pass + " } " + fallback + "location = /_ask { internal; proxy_pass http://{{upstream}}/ask; proxy_pass_request_body off; proxy_set_header Host $http_host; proxy_set_header Content-Length \"\"; }",
			"", "", "", "a question that does not say what it is about"},
		{"nginx", "map $uri $pass {\n\tdefault $http_authorization;\n\t~^/api/orders \"\";\n}\n", "location / { " + pass + " proxy_set_header Host $http_host; proxy_set_header Authorization $pass; }",
			"authorization-dropped-by-proxy", "authorization dropped", "proxy_set_header Authorization $http_authorization;", "a map leaves it out for some paths"},
		{"nginx", "", "location /api/ { rewrite ^/api/(.*)$ /v2/$1 break; " + pass + " } " + fallback, "proxy-rewrite", "path rewritten", "rewrite", "rewrite … break"},
		{"nginx", "", "location / { " + pass + " proxy_cookie_flags ~ nohttponly nosamesite; }", "cookie-stripped-by-proxy", "set-cookie flags changed", "proxy_cookie_flags off;", "one line, and two flags"},
		{"nginx", "", "location / { " + pass + " proxy_set_body x; }", "proxy-rewrite", "body changed", "# proxy_set_body", "another body"},
		{"nginx", "", "client_max_body_size 20; " + fallback, "proxy-rewrite", "body refused", "client_max_body_size", "413"},
		{"nginx", "limit_req_zone $binary_remote_addr zone=site:1m rate=1r/m;\n", "location /api/ { limit_req zone=site; " + pass + " } " + fallback, "rate-limited", "rate limited", "limit_req zone", "503 of limit_req, of preflights too"},
		{"nginx", "", "location / { if ($http_user_agent ~* mozilla) { return 403; } " + pass + " }", "proxy-auth-denied", "access denied", "deny", "browsers are refused"},
		{"nginx", "", "location /api/ { return 301 https://$host$request_uri; } " + fallback, "proxy-rewrite", "redirected", "return 301", "paths and their preflights are redirected"},
		{"nginx", "", "location /api/ { if ($request_method = OPTIONS) { add_header Access-Control-Allow-Origin $http_origin; return 204; } " + pass + " } " + fallback,
			"cors-preflight-failed", "preflight refused", "OPTIONS", "204, and no leave for the fields"},
		{"nginx", "", "location /api/ { if ($request_method = OPTIONS) { add_header Access-Control-Allow-Origin $http_origin; add_header Access-Control-Allow-Credentials true; add_header Access-Control-Allow-Methods 'GET, POST'; add_header Access-Control-Allow-Headers 'authorization, content-type, api_key'; return 204; } " + pass + " } " + fallback,
			"", "", "", "204, with the same leave"},
		{"apache", "", "RequestHeader edit Authorization \"^Bearer \" \"\"", "authorization-dropped-by-proxy", "authorization rewritten", "Authorization", "the scheme is cut off"},
		{"apache", "ProxyPass /api !", "", "proxy-rewrite", "not forwarded", "ProxyPass /api/ !", "404 by Apache, and 200 to preflights"},
		{"apache", "", "RewriteEngine On\n\tRewriteRule \"^/(.*)$\" \"http://{{upstream}}/$1\" [P]", "", "", "", "RewriteRule instead of ProxyPass"},
		{"haproxy", "backend nobody\n\tbalance roundrobin\n\n", "use_backend nobody if { path_beg /api/ }", "proxy-rewrite", "sent elsewhere", "use_backend", "a backend without a server"},
		{"haproxy", "", "http-request deny if { path_beg /api/orders }", "proxy-auth-denied", "access denied", "deny", "a rule too wide"},
		{"caddy", "", "@pages not path /api/*\n\treverse_proxy @pages {{upstream}}", "proxy-rewrite", "not forwarded", "reverse_proxy", "Caddy says 200 and nothing"},
		{"caddy", "", "reverse_proxy {{upstream}} {\n\t\t@moved status 303\n\t\thandle_response @moved {\n\t\t\trespond 200\n\t\t}\n\t}", "proxy-rewrite", "answer replaced", "handle_response", "its cookies go with it: that is one deed"},
		{"caddy", "", "handle /orders {\n\t\treverse_proxy {{upstream}} {\n\t\t\tmethod GET\n\t\t}\n\t}\n\treverse_proxy {{upstream}}", "proxy-rewrite", "method changed", "method", "the body goes with the method"},
	} {
		t.Run(tt.server+" "+tt.reason, func(t *testing.T) {
			p := passage(t, tt.server, site(tt.server, tt.before, tt.inside), false)
			if got := strings.ToLower(p.Product); got != tt.server {
				t.Errorf("the proxy is taken for %q (%s)", p.Product, p.By)
			}
			if tt.cause == "" {
				if p.ExitCode() != results.ExitSame || len(p.Findings) > 0 {
					t.Error(passageText(t, p))
				}
				return
			}
			checkMend(t, p, tt.server, mended{tt.cause, tt.does, tt.mend, tt.mend, tt.mend, tt.mend})
		})
	}
}
