package scenarios

// answerMends are what lets requests through that a proxy answers itself, and
// answers that it puts its own in the place of.
func answerMends() []Mend {
	return []Mend{
		{RequestAnswered, Advice{Nginx, "The location that takes this path has no proxy_pass: look for root, alias, try_files and return.", "location /api/ { proxy_pass http://app; }"}},
		{RequestAnswered, Advice{Apache, "No ProxyPass takes this path: look for one with !, and for Alias and DocumentRoot.", "# ProxyPass /api/ !\nProxyPass /api/ http://app/api/ nocanon"}},
		{RequestAnswered, Advice{HAProxy, "Take out the rule that answers this path.", "# http-request return …"}},
		{RequestAnswered, Advice{Caddy, "No reverse_proxy takes this path: look at its matchers, and for respond and file_server.", "handle /api/* { reverse_proxy app:8080 }"}},
		{RequestAnswered, Advice{Envoy, "Take out direct_response of the route that takes this path.", "# direct_response: …"}},

		{RequestRedirected, Advice{Nginx, "Look for return 301, rewrite … redirect, and a location whose path ends in a slash: that redirects the path without it.", "# return 301 …;\nlocation = /orders { proxy_pass http://app; }"}},
		{RequestRedirected, Advice{Apache, "Look for Redirect, RewriteRule with [R], and DirectorySlash.", "# Redirect permanent …\n# RewriteRule … [R=301]"}},
		{RequestRedirected, Advice{HAProxy, "Take out the redirect, or exempt this path.", "# http-request redirect …"}},
		{RequestRedirected, Advice{Caddy, "Take out the redirect; an address without http:// redirects to https by itself.", "# redir …"}},
		{RequestRedirected, Advice{Envoy, "Take out the redirect of the route.", "# redirect: …"}},

		{BodyRefused, Advice{Nginx, "Let larger bodies through.", "client_max_body_size 20m;"}},
		{BodyRefused, Advice{Apache, "Let larger bodies through.", "LimitRequestBody 0"}},
		{BodyRefused, Advice{HAProxy, "Take out the rule that looks at the length of bodies.", "# http-request deny if { req.body_size gt … }"}},
		{BodyRefused, Advice{Caddy, "Let larger bodies through.", "request_body { max_size 20MB }"}},
		{BodyRefused, Advice{Envoy, "Let larger bodies through.", "max_request_bytes: 20971520"}},

		{BodyReplaced, Advice{Nginx, "Take out what writes the body anew.", "# proxy_set_body …;"}},
		{BodyReplaced, Advice{Apache, "Take out the filter that edits bodies.", "# SetInputFilter …"}},

		{UpstreamSilent, Advice{Nginx, "Let proxy_pass, and the upstream it names, lead to the app.", "upstream app { server 127.0.0.1:8080; }\nlocation /api/ { proxy_pass http://app; }"}},
		{UpstreamSilent, Advice{Apache, "Let ProxyPass lead to the app.", "ProxyPass /api/ http://app/api/ nocanon"}},
		{UpstreamSilent, Advice{HAProxy, "Let use_backend lead to a backend with a server that is up.", "backend app\n  server app1 127.0.0.1:8080 check"}},
		{UpstreamSilent, Advice{Caddy, "Let reverse_proxy lead to the app.", "handle /api/* { reverse_proxy app:8080 }"}},
		{UpstreamSilent, Advice{Envoy, "Let the route name a cluster with a healthy host.", "route: { cluster: app }"}},

		{AnswerCut, Advice{Nginx, "Look in its error log: it can't write to proxy_temp_path, the disk is full, or the app took longer than this.", "proxy_read_timeout 60s;"}},
		{AnswerCut, Advice{Apache, "Look in its error log: the app took longer than this, or a filter failed.", "ProxyTimeout 60"}},
		{AnswerCut, Advice{HAProxy, "Look at the end state in its log (SD, sD): the app took longer than this.", "timeout server 60s"}},
		{AnswerCut, Advice{Caddy, "Look in its log: the app took longer than its transport allows.", "transport http { read_timeout 60s }"}},
		{AnswerCut, Advice{Envoy, "Look at the response flags in its log (UT, SI): the route's time was over.", "timeout: 60s"}},

		{AnswerReplaced, Advice{Nginx, "Let the app's own answers through.", "proxy_intercept_errors off;"}},
		{AnswerReplaced, Advice{Apache, "Let the app's own answers through.", "ProxyErrorOverride Off"}},
		{AnswerReplaced, Advice{HAProxy, "Take out the rule that answers in the app's place, or changes the status.", "# http-response return …\n# http-response set-status …"}},
		{AnswerReplaced, Advice{Caddy, "Take out what answers in the app's place, or changes the status.", "# handle_response @… { … }\n# replace_status …"}},
		{AnswerReplaced, Advice{Envoy, "Take out local_reply_config, or the filter that answers in the app's place.", "# local_reply_config: …"}},
	}
}
