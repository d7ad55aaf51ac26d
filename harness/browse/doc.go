// Package browse records what an installed Chromium or Chrome says and hears,
// over its DevTools protocol: an exchange for each request of every tab,
// frame and worker, with what the browser's own export leaves out. That is most
// of what decides a failure in a browser: the preflights, the cookies that
// were really sent, and the browser's reasons for those that were not.
//
// In reading order:
//
//   - [Browser] is what to start, [Browser.Record] runs it (browser.go); [Find]
//     looks for one, switches.go and launch.go start it and end it.
//   - wire.go is the protocol's pipe, protocol.go the events that are read.
//   - target.go attaches to tabs, frames and workers before their first request.
//   - network.go and socket.go take the events; flow.go puts together the requests
//     of one id, and matches the raw headers, which come by another way.
//   - entry.go and fields.go make the exchange.
//
// # Fields
//
// What HAR 1.2 has no name for stands in [traffic.Exchange.Unknown]. Names that
// Chromium's export or Playwright has are used as they use them:
//
//	_initiator                        who began it: type, url, line, stack; of a preflight the requestId that it is for
//	_resourceType                     "document", "fetch", "xhr", "preflight", "websocket", "eventsource", …
//	_priority                         as asked: "VeryHigh", "High", …
//	_fromCache                        "memory", "disk", "prefetch"
//	_connectionId                     requests with one id share a connection
//	_webSocketMessages                type (send, receive, error), time, opcode, data: the first 1000
//	_securityDetails                  protocol, subjectName, issuer, validFrom, validTo
//	response/_error                   net::ERR_… (traffic.Response.Error)
//	response/_transferSize            bytes on the wire
//	response/_fetchedViaServiceWorker true
//	response/_serviceWorkerResponseSource            "network", "cache-storage", "http-cache", "fallback-code"
//	response/_responseCacheStorageCacheName          the cache of a service worker
//	response/_serviceWorkerRouterRuleIdMatched, …    the static routes of a service worker
//
// Our own:
//
//	_eventSourceMessages  server-sent events: time, event, id, data: the first 1000
//	_devtools             what the browser says of its decisions, [devtools.Notes]:
//	  requestId             the hops of a redirect share it
//	  target                "page", "iframe", "worker", "shared_worker", "service_worker"
//	  documentURL, frame    the document that asked, without its query; whether the document is for a frame
//	  provisionalHeaders    the request's headers are the page's, not those of the wire
//	  unfinished            the recording ended first
//	  canceled              by the page
//	  blockedReason         "mixed-content", "csp", "corp-not-same-origin", …
//	  corsErrorStatus       corsError, failedParameter
//	  unsent                cookies that were kept back: name, domain, path, flags, reasons
//	  refused               cookies of the answer that were not kept, likewise
//	  exempt                cookies that passed although a rule forbids it
//	  partitionedBy         the site that cookies of the answer are partitioned by
//	  issues                code and detail, of DevTools' panel
//	  noBody                why there is no body although there was one
//
// None of them holds the value of a cookie.
//
// # What Chromium does not tell
//
// The order of request headers: it lists them by name. The method and headers
// of what a page's Content-Security-Policy stopped, which is no request to it
// (Notice says so). Bodies of redirects and preflights, of what a service
// worker answered, and of a window that closes before they were fetched. The
// headers that an answer out of a cache was asked with. The status of a
// WebSocket that was refused, but in words. Whether a cookie was kept back where
// the script asked for no credentials: then none is considered.
//
// The law: an exchange is complete when it is added, and what is told in another
// order makes the same exchanges.
//
// It is not for driving a page: a person does that, or the page itself. It judges
// nothing; [github.com/replaydiff/replay/scenarios] does.
package browse
