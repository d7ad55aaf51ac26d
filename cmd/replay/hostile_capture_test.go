package main

import (
	"fmt"
	"net/url"
	"strings"
)

// hostileHAR is a capture with the value in every place that is a stranger's:
// what its recorder, its pages, its client and its server said. Places that no
// request can be sent with stay as they are where it has to be sendable.
func hostileHAR(values []hostileValue, status int, sendable bool) string {
	v := values[0].inJSON()
	entries := []string{hostileEntry(hostileValue{text: "plain"}, 0, 200, sendable)}
	for i, value := range values {
		entries = append(entries, hostileEntry(value, i+1, status, sendable))
	}
	return fmt.Sprintf(`{"log":{"version":"1.2","creator":{"name":"%[1]s","version":"%[1]s","comment":"%[1]s"},"browser":{"name":"%[1]s","version":"%[1]s"},
"pages":[{"startedDateTime":"2026-03-04T09:30:00Z","id":"page_1","title":"%[1]s","comment":"%[1]s","pageTimings":{"onLoad":1}}],"comment":"%[1]s","_note":"%[1]s","entries":[
%[2]s]}}`, v, strings.Join(entries, ",\n"))
}

func hostileEntry(value hostileValue, n, status int, sendable bool) string {
	v := value.inJSON()
	method, query, field := "GET", v, v
	credentials := field
	if n == 0 || sendable {
		credentials = "Bearer of-nothing-4711"
	}
	if sendable {
		query = url.QueryEscape(value.text)
		field = hostileValue{text: value.inField()}.inJSON()
	} else if n == 2 {
		method = v
	}
	body := `{\"` + strings.ReplaceAll(strings.ReplaceAll(v, `\`, `\\`), `\\"`, `\\\"`) + `\":\"` + strings.ReplaceAll(strings.ReplaceAll(v, `\`, `\\`), `\\"`, `\\\"`) + `\"}`
	failed := ""
	if status != 200 {
		failed = `"_error":"` + v + `",`
	}
	r := strings.NewReplacer("ERROR", failed, "METHOD", method, "CREDENTIALS", credentials, "QUERY", query, "FIELD", field, "BODY", body, "VALUE", v, "STATUS", fmt.Sprint(status), "NUMBER", fmt.Sprint(n),
		"NAME", fieldName(value.text, sendable), "SECOND", fmt.Sprintf("%02d", n%60))
	return r.Replace(`{"pageref":"page_1","startedDateTime":"2026-03-04T09:30:SECOND.000Z","time":12,"comment":"VALUE","_initiator":{"type":"script","url":"VALUE"},"serverIPAddress":"VALUE","connection":"VALUE",
"request":{"method":"METHOD","url":"https://shop.alder.example/NUMBER/QUERY?page=QUERY&QUERY=1#QUERY","httpVersion":"HTTP/1.1","cookies":[{"name":"QUERY","value":"FIELD"}],"headersSize":-1,"bodySize":-1,
 "headers":[{"name":"Host","value":"shop.alder.example"},{"name":"Authorization","value":"CREDENTIALS"},{"name":"Cookie","value":"a=1; FIELD=FIELD"},{"name":"X-NAME","value":"FIELD"},{"name":"User-Agent","value":"FIELD"},
  {"name":"Referer","value":"https://shop.alder.example/FIELD"},{"name":"Origin","value":"FIELD"},{"name":"X-CSRF-Token","value":"FIELD"}],
 "queryString":[{"name":"QUERY","value":"QUERY"}],"postData":{"mimeType":"application/json","text":"BODY","comment":"VALUE"}},
"response":{"status":STATUS,"statusText":"VALUE","httpVersion":"HTTP/1.1","cookies":[],"headersSize":-1,"bodySize":-1,"redirectURL":"VALUE",ERROR
 "headers":[{"name":"Content-Type","value":"application/json; VALUE"},{"name":"WWW-Authenticate","value":"Bearer realm=\"VALUE\", error=\"VALUE\", error_description=\"VALUE\""},{"name":"Set-Cookie","value":"VALUE=VALUE; Path=VALUE; Domain=VALUE"},
  {"name":"Location","value":"VALUE"},{"name":"Server","value":"VALUE"},{"name":"Via","value":"1.1 VALUE"},{"name":"Access-Control-Allow-Origin","value":"VALUE"},{"name":"Date","value":"VALUE"},{"name":"X-VALUE","value":"VALUE"}],
 "content":{"size":9,"mimeType":"application/json","text":"BODY"}},"cache":{"comment":"VALUE"},"timings":{"send":1,"wait":10,"receive":1,"comment":"VALUE"}}`)
}

// fieldName is a token where it has to be one.
func fieldName(s string, sendable bool) string {
	if !sendable {
		return hostileValue{text: s}.inJSON()
	}
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && !strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) {
			return r
		}
		return -1
	}, s[:min(len(s), 40)]) + "a"
}

// fileName is what of the value the name of a file can hold.
func fileName(s string) string {
	s = strings.NewReplacer("/", "", "\x00", "").Replace(s)
	return "f" + s[:min(len(s), 100)]
}
