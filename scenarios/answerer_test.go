package scenarios

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
)

const nginxPage = "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/1.27.3</center>\r\n</body>\r\n</html>\r\n"

const haproxyPage = "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n"

var answererRows = []struct {
	reason string
	answer *traffic.Response
	want   string
}{
	{"nginx's own page", answered(401, nginxPage, "Server: nginx/1.27.3"), "401 by nginx, in front of the app"},
	{"the page counts where the edge renamed Server", answered(401, nginxPage, "Server: cloudflare", "CF-RAY: 1-FRA"), "401 by nginx, in front of the app, behind Cloudflare"},
	{"Server alone: nginx writes its own on everything it passes on", answered(401, `{"message":"no"}`, "Server: nginx"), "401 through nginx; who made it can't be told"},
	{"a framework behind nginx", answered(401, `{"detail":"Authentication credentials were not provided."}`, "Server: nginx"), "401 by the app (Django REST framework), behind nginx"},
	{"X-Powered-By is a trace and no proof", answered(500, `{}`, "X-Powered-By: Express", "Via: 1.1 varnish"), "500 by the app, as it seems (Express), behind Varnish"},
	{"HAProxy leaves no header", answered(403, haproxyPage, "content-type: text/html"), "403 by HAProxy, in front of the app"},
	{"JSON in another layout", answered(403, "{ \"message\" : \"Missing Authentication Token\" }"), "403 by AWS API Gateway, in front of the app"},
	{"Envoy's local reply lacks the upstream's time", answered(403, "denied by ext_authz", "server: istio-envoy", "content-type: text/plain"), "403 by Envoy, in front of the app"},
	{"with it the upstream answered", answered(403, "no", "server: envoy", "x-envoy-upstream-service-time: 4", "content-type: text/plain"), "403 through Envoy; who made it can't be told"},
	{"Kong without an upstream's latency", answered(401, `{"message":"Unauthorized"}`, "X-Kong-Response-Latency: 1", "Server: kong/3.4"), "401 by Kong, in front of the app"},
	{"Kong with it passed the answer on", answered(401, `{}`, "X-Kong-Upstream-Latency: 9", "X-Kong-Proxy-Latency: 1"), "401 through Kong; who made it can't be told"},
	{"F5 rejects with a good status", answered(200, "<html><body>The requested URL was rejected. Your support ID is: 1</body></html>"), "200 by F5 BIG-IP, in front of the app"},
	{"a page of documentation with a good status is no answer of nginx", answered(200, nginxPage), "200, and nothing tells who made it"},
	{"Spring writes error_uri", answered(401, "", `WWW-Authenticate: Bearer error="invalid_token", error_uri="https://tools.ietf.org/html/rfc6750#section-3.1"`), "401 by the app (Spring Security)"},
	{"a load balancer of AWS names itself on its own answers alone", answered(401, "<center><h1>401 Authorization Required</h1></center>", "Server: awselb/2.0"), "401 by AWS ALB, in front of the app"},
	{"nothing at all", answered(403, ""), "403, and nothing tells who made it"},
	{"no answer", nil, "the answer, and nothing tells who made it"},
}

func TestAnswerer(t *testing.T) {
	for _, row := range answererRows {
		status := 0
		if row.answer != nil {
			status = row.answer.Status
		}
		if diff := cmp.Diff(row.want, AnswererOf(row.answer).Sentence(status)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
	}
}

func TestAnsweredElsewhere(t *testing.T) {
	app := func(status int, body string) *traffic.Response {
		return answered(status, body, "Content-Type: application/json", "X-Powered-By: Express", "X-Request-Id: 1", "Date: Mon, 02 Mar 2026 09:00:00 GMT")
	}
	rows := []struct {
		reason  string
		ok, bad *traffic.Response
		want    bool
	}{
		{"the app answers both", app(200, `{}`), app(403, `{"error":"no"}`), false},
		{"nginx's page where the app spoke", app(200, `{}`), answered(401, nginxPage, "Server: nginx"), true},
		{"nginx serves files and refuses them itself", answered(200, "<h1>manual</h1>", "Server: nginx", "Content-Type: text/html"), answered(401, nginxPage, "Server: nginx"), false},
		{"an own error page: every field of the app and the Date are gone", app(200, `{}`), answered(403, "go away", "content-type: text/html"), true},
		{"the app's error page is HTML", app(200, `{}`), answered(403, "<h1>no</h1>", "Content-Type: text/html", "X-Powered-By: Express"), false},
		{"another server behind the same name", answered(200, "", "Server: gunicorn"), answered(403, "", "Server: Apache/2.4"), true},
		{"the same server, updated", answered(200, "", "Server: Apache/2.4.1"), answered(403, "", "Server: Apache/2.4.2"), false},
	}
	for _, row := range rows {
		v := compared(t, one(asked("GET https://a.test/x", nil, row.ok)), one(asked("GET https://a.test/x", nil, row.bad)))
		if _, _, got := v.AnsweredElsewhere(); got != row.want {
			t.Errorf("%s: got %v", row.reason, got)
		}
	}
}

func TestLongBodiesAreCheap(t *testing.T) {
	long := answered(403, strings.Repeat("token a ip <p> ", 1<<16), "Content-Type: text/html")
	v := compared(t, one(asked("GET https://a.test/x", nil, answered(200, "fine"))), one(asked("GET https://a.test/x", nil, long)))
	start := time.Now()
	v.Voice()
	AnswererOf(long)
	if took := time.Since(start); took > time.Minute { // a cost that explodes, not a slow machine
		t.Errorf("a body of 1 MB took %v", took)
	}
}
