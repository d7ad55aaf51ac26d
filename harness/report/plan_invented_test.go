package report

import (
	"fmt"

	"github.com/replaydiff/replay/harness/results"
)

func inventedPlans() map[string]*results.Plan {
	const to = "http://127.0.0.1:8080"
	unsafe := &results.Why{Reason: "unsafe-method", Text: "PUT and DELETE may change data; --allow-unsafe=PUT,DELETE sends them"}
	link := func(name string, from int, path string, to int, at, encoding string) results.PlanLink {
		return results.PlanLink{Name: name, From: results.PlanPlace{Entry: from, Path: path}, To: results.PlanPlace{Entry: to, Path: at}, Encoding: encoding, Value: "‹csrf 1›"}
	}
	login := &results.Plan{
		Version: results.Version, Captures: []string{"shop.har"},
		Targets: []results.Target{{Role: "target", From: "https://api.shop.test", To: to}},
		Requests: []results.PlanRequest{
			{Entry: 0, Method: "GET", Recorded: "https://api.shop.test/login", Sent: to + "/login", Session: 1},
			{Entry: 1, Method: "OPTIONS", Recorded: "https://api.shop.test/orders", Sent: to + "/orders", Session: 2, Note: "preflight, asked anew"},
			{Entry: 3, Method: "POST", Recorded: "https://api.shop.test/login", Sent: to + "/login", Session: 1},
			{Entry: 4, Method: "PUT", Recorded: "https://api.shop.test/account/17", Session: 1, Skip: unsafe},
			{Entry: 5, Method: "GET", Recorded: "https://api.shop.test/orders?page=2&per_page=100&sort=created_at&direction=descending", Sent: to + "/orders?page=2&per_page=100&sort=created_at&direction=descending", Session: 1},
			{Entry: 6, Method: "DELETE", Recorded: "https://api.shop.test/orders/4", Session: 1, Skip: unsafe},
			{Entry: 7, Method: "GET", Recorded: "https://cdn.shop.test/logo.svg", Skip: &results.Why{Reason: "other-origin", Text: "https://cdn.shop.test has no target; --map https://cdn.shop.test=URL gives it one"}},
		},
		Links: []results.PlanLink{
			link("csrf_token", 0, "response.body/csrf", 3, "request.body/_csrf", ""),
			link("csrf_token", 0, "response.body/csrf", 3, "request.header.x-csrf-token", "url"),
			link("csrf_token", 0, "response.body/csrf", 5, "request.header.x-csrf-token", "url"),
			link("sid", 3, "response.set-cookie.sid.value", 5, "request.query.session", ""),
		},
		Warnings: []string{"shop.har: entry 5 (GET /orders) depends on entry 4, which is skipped"},
	}
	nothing := &results.Plan{Version: results.Version, Captures: []string{"ok.har", "bad.har"}, Requests: []results.PlanRequest{
		{Flow: results.OK, Entry: 0, Method: "PUT", Recorded: "https://api.shop.test/a", Skip: unsafe},
		{Flow: results.Bad, Entry: 0, Method: "PUT", Recorded: "https://api.shop.test/a", Skip: unsafe},
	}}
	many := &results.Plan{Version: results.Version, Captures: []string{"shop.har"}, Targets: login.Targets}
	for i := range 500 {
		many.Requests = append(many.Requests, results.PlanRequest{Entry: i, Method: "GET", Recorded: "https://api.shop.test/", Sent: fmt.Sprintf("%s/%d", to, i), Session: 1 + i%150})
		many.Links = append(many.Links, link("id", 0, "response.body/id", i, "request.path[1]", ""))
	}
	hostile := &results.Plan{Version: results.Version, Captures: []string{"\x1b[31m"}, Targets: []results.Target{{Role: "\u202e", From: "\r\n::error::x", To: "##vso[x]"}},
		Requests: []results.PlanRequest{{Entry: 0, Method: "GET\x00", Sent: "http://127.0.0.1/\x9b", Note: "\x1b]52;c;AA==\x07"}, {Entry: 1, Method: "\n", Recorded: "\t", Skip: &results.Why{Text: "\u2028"}}},
		Links:    []results.PlanLink{link("\x1b", 0, "\n::error::x", 0, "\r", "\x00")}, Warnings: []string{"\x07"}}
	return map[string]*results.Plan{"login": login, "nothing": nothing, "many": many, "hostile": hostile, "empty": {Version: results.Version}}
}
