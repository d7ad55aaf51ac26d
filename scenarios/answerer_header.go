package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// A headerMark is a response field by which a product is known.
type headerMark struct {
	product, layer string

	name   string // of the field; ending in "*", all that begin so
	value  string // lower case, part of the value; "" any
	absent string // a field that is not there
	beside string // a field that is there, too
}

func (m *headerMark) fits(h traffic.Header) bool {
	if m.absent != "" && h.Has(m.absent) || m.beside != "" && !h.Has(m.beside) {
		return false
	}
	prefix, isPrefix := strings.CutSuffix(m.name, "*")
	for _, f := range h {
		named := strings.EqualFold(f.Name, m.name) || isPrefix && len(f.Name) >= len(prefix) && strings.EqualFold(f.Name[:len(prefix)], prefix)
		if named && (m.value == "" || strings.Contains(strings.ToLower(f.Value), m.value)) {
			return true
		}
	}
	return false
}

// madeMarks are fields that a product writes on its own answers alone.
var madeMarks = []headerMark{
	{product: "Cloudflare", layer: layerEdge, name: "cf-mitigated"},
	{product: "Akamai", layer: layerEdge, name: "server", value: "akamaighost"},
	{product: "AWS WAF", layer: layerEdge, name: "x-amzn-waf-action"},
	{product: "Vercel", layer: layerEdge, name: "x-vercel-mitigated"},
	{product: "CloudFront function", layer: layerEdge, name: "x-cache", value: "functiongeneratedresponse"},
	{product: "Lambda@Edge", layer: layerEdge, name: "x-cache", value: "lambdageneratedresponse"},
	{product: "Kasada", layer: layerEdge, name: "x-kpsdk-ct"},
	{product: "AWS ALB", layer: layerProxy, name: "server", value: "awselb/"},
	{product: "HTTP.sys", layer: layerProxy, name: "server", value: "microsoft-httpapi/"},
	{product: "Google IAP", layer: layerGateway, name: "x-goog-iap-generated-response"},
	{product: "Kong", layer: layerGateway, name: "x-kong-response-latency", absent: "x-kong-upstream-latency"},
	{product: "AWS API Gateway", layer: layerGateway, name: "x-amzn-errortype", beside: "x-amz-apigw-id"},
	{product: "Azure App Service authentication", layer: layerGateway, name: "x-ms-middleware-request-id"},
	{product: "Azure API Management", layer: layerGateway, name: "www-authenticate", value: "azureapimanagementkey"},
	{product: "Kong", layer: layerGateway, name: "www-authenticate", value: `key realm="kong"`},
	{product: "Traefik", layer: layerProxy, name: "www-authenticate", value: `basic realm="traefik"`},
	{product: "oauth2-proxy", layer: layerGateway, name: "set-cookie", value: "_oauth2_proxy_csrf"},
	{product: "Spring Security", layer: layerApp, name: "www-authenticate", value: `error_uri="https://tools.ietf.org/html/rfc6750#section-3.1"`},
	{product: "ASP.NET Core", layer: layerApp, name: "www-authenticate", value: `error_description="the token expired at '`},
	{product: "ASP.NET Core", layer: layerApp, name: "www-authenticate", value: `error_description="the audience '`},
	{product: "ASP.NET Core", layer: layerApp, name: "www-authenticate", value: `error_description="the issuer '`},
	{product: "ASP.NET Core", layer: layerApp, name: "www-authenticate", value: `error_description="the signature key was not found`},
}

// pathMarks are fields that show who passed an answer on. Of one layer, what
// stands first here is taken to be further out.
var pathMarks = []headerMark{
	{product: "Cloudflare", layer: layerEdge, name: "cf-ray"},
	{product: "Cloudflare", layer: layerEdge, name: "server", value: "cloudflare"},
	{product: "Akamai", layer: layerEdge, name: "akamai-grn"},
	{product: "Akamai", layer: layerEdge, name: "x-akamai-*"},
	{product: "Akamai", layer: layerEdge, name: "set-cookie", value: "ak_bmsc="},
	{product: "Imperva", layer: layerEdge, name: "x-iinfo"},
	{product: "Imperva", layer: layerEdge, name: "x-cdn", value: "imperva"},
	{product: "Imperva", layer: layerEdge, name: "x-cdn", value: "incapsula"},
	{product: "Sucuri", layer: layerEdge, name: "x-sucuri-id"},
	{product: "DataDome", layer: layerEdge, name: "x-datadome"},
	{product: "DataDome", layer: layerEdge, name: "x-dd-b"},
	{product: "CloudFront", layer: layerEdge, name: "x-amz-cf-id"},
	{product: "CloudFront", layer: layerEdge, name: "via", value: "cloudfront"},
	{product: "Fastly", layer: layerEdge, name: "x-served-by", value: "cache-"},
	{product: "Fastly", layer: layerEdge, name: "x-fastly-request-id"},
	{product: "Azure Front Door", layer: layerEdge, name: "x-azure-ref"},
	{product: "Vercel", layer: layerEdge, name: "x-vercel-id"},
	{product: "Netlify", layer: layerEdge, name: "x-nf-request-id"},
	{product: "Fly.io", layer: layerEdge, name: "fly-request-id"},
	{product: "Heroku router", layer: layerProxy, name: "via", value: "vegur"},
	{product: "Google front end", layer: layerEdge, name: "server", value: "google frontend"},
	{product: "Google front end", layer: layerEdge, name: "via", value: "1.1 google"},
	{product: "Google ESF", layer: layerGateway, name: "server", value: "esf"},
	{product: "bunny.net", layer: layerEdge, name: "server", value: "bunnycdn"},

	{product: "Varnish", layer: layerProxy, name: "x-varnish"},
	{product: "Varnish", layer: layerProxy, name: "via", value: "varnish"},
	{product: "F5 BIG-IP", layer: layerProxy, name: "server", value: "bigip"},
	{product: "F5 BIG-IP", layer: layerProxy, name: "set-cookie", value: "bigipserver"},
	{product: "Azure Application Gateway", layer: layerProxy, name: "server", value: "microsoft-azure-application-gateway"},
	{product: "AWS load balancer", layer: layerProxy, name: "set-cookie", value: "awsalb="},
	{product: "OpenResty", layer: layerProxy, name: "server", value: "openresty"},
	{product: "Tengine", layer: layerProxy, name: "server", value: "tengine"},
	{product: "Angie", layer: layerProxy, name: "server", value: "angie"},
	{product: "nginx", layer: layerProxy, name: "server", value: "nginx"},
	{product: "Tomcat", layer: layerApp, name: "server", value: "apache-coyote"},
	{product: "Apache", layer: layerProxy, name: "server", value: "apache/"},
	{product: "Apache", layer: layerProxy, name: "server", value: "httpd"},
	{product: "LiteSpeed", layer: layerProxy, name: "server", value: "litespeed"},
	{product: "lighttpd", layer: layerProxy, name: "server", value: "lighttpd"},
	{product: "Caddy", layer: layerProxy, name: "server", value: "caddy"},
	{product: "Caddy", layer: layerProxy, name: "via", value: "caddy"},
	{product: "HAProxy", layer: layerProxy, name: "server", value: "haproxy"},
	{product: "Squid", layer: layerProxy, name: "via", value: "squid"},
	{product: "Squid", layer: layerProxy, name: "x-squid-error"},
	{product: "Envoy", layer: layerProxy, name: "server", value: "envoy"},
	{product: "Envoy", layer: layerProxy, name: "x-envoy-*"},
	{product: "Traefik", layer: layerProxy, name: "server", value: "traefik"},
	{product: "IIS", layer: layerProxy, name: "server", value: "microsoft-iis"},

	{product: "Kong", layer: layerGateway, name: "x-kong-*"},
	{product: "Kong", layer: layerGateway, name: "via", value: "kong/"},
	{product: "APISIX", layer: layerGateway, name: "server", value: "apisix"},
	{product: "Tyk", layer: layerGateway, name: "x-generator", value: "tyk.io"},
	{product: "KrakenD", layer: layerGateway, name: "x-krakend*"},
	{product: "Apigee", layer: layerGateway, name: "x-apigee-*"},
	{product: "AWS API Gateway", layer: layerGateway, name: "x-amz-apigw-id"},
	{product: "AWS API Gateway", layer: layerGateway, name: "apigw-requestid"},
	{product: "Azure API Management", layer: layerGateway, name: "ocp-apim-*"},
	{product: "oauth2-proxy", layer: layerGateway, name: "gap-auth"},

	{product: "Keycloak", layer: layerApp, name: "set-cookie", value: "auth_session_id="},
	{product: "Auth0", layer: layerApp, name: "x-auth0-requestid"},
	{product: "Okta", layer: layerApp, name: "x-okta-request-id"},
	{product: "Entra ID", layer: layerApp, name: "x-ms-ests-server"},
	{product: "Next.js", layer: layerApp, name: "x-powered-by", value: "next.js"},
	{product: "Express", layer: layerApp, name: "x-powered-by", value: "express"},
	{product: "PHP", layer: layerApp, name: "x-powered-by", value: "php/"},
	{product: "ASP.NET", layer: layerApp, name: "x-powered-by", value: "asp.net"},
	{product: "ASP.NET", layer: layerApp, name: "x-aspnet*"},
	{product: "Rails", layer: layerApp, name: "x-runtime"},
	{product: "Laravel", layer: layerApp, name: "set-cookie", value: "laravel_session="},
	{product: "Spring", layer: layerApp, name: "x-application-context"},
	{product: "WildFly", layer: layerApp, name: "x-powered-by", value: "undertow"},
	{product: "Servlet container", layer: layerApp, name: "x-powered-by", value: "servlet"},
	{product: "Kestrel", layer: layerApp, name: "server", value: "kestrel"},
	{product: "uvicorn", layer: layerApp, name: "server", value: "uvicorn"},
	{product: "Hypercorn", layer: layerApp, name: "server", value: "hypercorn"},
	{product: "Daphne", layer: layerApp, name: "server", value: "daphne"},
	{product: "gunicorn", layer: layerApp, name: "server", value: "gunicorn"},
	{product: "Werkzeug", layer: layerApp, name: "server", value: "werkzeug"},
	{product: "WSGI server", layer: layerApp, name: "server", value: "wsgi"},
	{product: "Waitress", layer: layerApp, name: "server", value: "waitress"},
	{product: "Tornado", layer: layerApp, name: "server", value: "tornadoserver"},
	{product: "Puma", layer: layerApp, name: "server", value: "puma"},
	{product: "Passenger", layer: layerApp, name: "x-powered-by", value: "passenger"},
	{product: "WEBrick", layer: layerApp, name: "server", value: "webrick"},
	{product: "Cowboy", layer: layerApp, name: "server", value: "cowboy"},
	{product: "Jetty", layer: layerApp, name: "server", value: "jetty"},
	{product: "Tomcat", layer: layerApp, name: "server", value: "tomcat"},
	{product: "WebLogic", layer: layerApp, name: "server", value: "weblogic"},
	{product: "GlassFish", layer: layerApp, name: "server", value: "glassfish"},
	{product: "Ktor", layer: layerApp, name: "server", value: "ktor"},
	{product: "Akka HTTP", layer: layerApp, name: "server", value: "akka-http"},
	{product: "GitHub", layer: layerApp, name: "x-github-request-id"},
}
