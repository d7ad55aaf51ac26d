package browse

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// fields are the members of an entry that HAR 1.2 has no name for. The table is
// in doc.go.
func (h *hop) fields(sent *sentExtra, received *receivedExtra) traffic.Fields {
	var list traffic.Fields
	add := func(pointer string, value any) {
		data, err := json.Marshal(value)
		if err != nil {
			return // a message of the browser that is no JSON
		}
		list = append(list, traffic.Field{Pointer: pointer, Value: jsontext.Value(data)})
	}
	if i := shortInitiator(h.initiator); i != nil {
		add("/_initiator", i)
	}
	if h.kind != "" {
		add("/_resourceType", strings.ToLower(h.kind))
	}
	if h.InitialPriority != "" {
		add("/_priority", h.InitialPriority)
	}
	if cache := h.cache(); cache != "" {
		add("/_fromCache", cache)
	}
	if r := h.response; r != nil {
		if r.ConnectionID > 0 {
			add("/_connectionId", strconv.FormatFloat(r.ConnectionID, 'f', -1, 64))
		}
		if r.SecurityDetails != nil {
			add("/_securityDetails", r.SecurityDetails)
		}
		h.workerFields(add)
		add("/response/_transferSize", int64(h.transfer))
	}
	if name := "/_eventSourceMessages"; len(h.messages.list) > 0 {
		if h.socket != nil {
			name = "/_webSocketMessages"
		}
		add(name, h.messages.list)
	}
	return append(list, h.notes(sent, received).Field())
}

// workerFields are what a service worker had to do with it, in the names of
// Chromium's own export.
func (h *hop) workerFields(add func(string, any)) {
	r := h.response
	if r.FromServiceWorker {
		add("/response/_fetchedViaServiceWorker", true)
	}
	if r.ServiceWorkerResponseSource != "" {
		add("/response/_serviceWorkerResponseSource", r.ServiceWorkerResponseSource)
	}
	if r.CacheStorageCacheName != "" {
		add("/response/_responseCacheStorageCacheName", r.CacheStorageCacheName)
	}
	if i := r.ServiceWorkerRouterInfo; i != nil {
		if i.RuleIDMatched != nil {
			add("/response/_serviceWorkerRouterRuleIdMatched", *i.RuleIDMatched)
		}
		if i.MatchedSourceType != "" {
			add("/response/_serviceWorkerRouterMatchedSourceType", i.MatchedSourceType)
		}
		if i.ActualSourceType != "" {
			add("/response/_serviceWorkerRouterActualSourceType", i.ActualSourceType)
		}
	}
}

func (h *hop) cache() string {
	switch {
	case h.memory:
		return "memory"
	case h.response == nil:
		return ""
	case h.response.FromDiskCache:
		return "disk"
	case h.response.FromPrefetchCache:
		return "prefetch"
	}
	return ""
}

// maxFrames bounds the stack of a script that is kept: who called, not how the
// framework came there.
const maxFrames = 8

// shortInitiator is who began a request, without the endless stacks of
// asynchronous calls.
func shortInitiator(raw json.RawMessage) map[string]any {
	var i map[string]any
	if json.Unmarshal(raw, &i) != nil || len(i) == 0 {
		return nil
	}
	stack, ok := i["stack"].(map[string]any)
	if !ok {
		return i
	}
	frames, _ := stack["callFrames"].([]any)
	i["stack"] = map[string]any{"callFrames": frames[:min(len(frames), maxFrames)]}
	return i
}

// notes are what the browser says of its decisions about the hop.
func (h *hop) notes(sent *sentExtra, received *receivedExtra) devtools.Notes {
	n := devtools.Notes{
		Request: h.flow.id, Target: h.target.kind, Frame: h.frame, Document: withoutQuery(h.document),
		Provisional: sent == nil && (h.socket == nil || h.socket.sent == nil),
		Unfinished:  !h.ended, NoBody: h.noBody, Issues: h.flow.issues,
	}
	if f := h.failure; f != nil {
		n.Canceled, n.Blocked = f.Canceled, f.BlockedReason
		if c := f.CorsErrorStatus; c != nil {
			n.CORS = &devtools.CORSError{Error: c.CorsError, Parameter: c.FailedParameter}
		}
	}
	if sent != nil {
		for _, a := range sent.AssociatedCookies {
			if len(a.BlockedReasons) > 0 {
				n.Unsent = append(n.Unsent, a.Cookie.note(a.BlockedReasons...))
			} else if a.ExemptionReason != "" && a.ExemptionReason != "None" {
				n.Exempt = append(n.Exempt, a.Cookie.note(a.ExemptionReason))
			}
		}
	}
	if received != nil {
		if traffic.Header(received.Headers).Has("Set-Cookie") {
			n.Partition = received.CookiePartitionKey.site()
		}
		for _, b := range received.BlockedCookies {
			c := b.Cookie
			if c == nil {
				c = &cookie{Name: nameOfLine(b.CookieLine)}
			}
			n.Refused = append(n.Refused, c.note(b.BlockedReasons...))
		}
		for _, e := range received.ExemptedCookies {
			n.Exempt = append(n.Exempt, e.Cookie.note(e.ExemptionReason))
		}
	}
	return n
}

func (c *cookie) note(reasons ...string) devtools.Cookie {
	return devtools.Cookie{Name: c.Name, Domain: c.Domain, Path: c.Path, SameSite: c.SameSite, Secure: c.Secure, HTTPOnly: c.HTTPOnly,
		Partition: c.PartitionKey.site(), Reasons: slices.Clone(reasons)}
}

// nameOfLine is the name in a Set-Cookie line that is no cookie. What stands
// there without "=" is a value.
func nameOfLine(line string) string {
	pair, _, _ := strings.Cut(line, ";")
	name, _, ok := strings.Cut(pair, "=")
	if !ok {
		return ""
	}
	return strings.TrimSpace(name)
}

func (k *partitionKey) site() string {
	if k == nil {
		return ""
	}
	return k.TopLevelSite
}

func withoutQuery(url string) string {
	if !recordable(url) {
		scheme, _, ok := strings.Cut(url, ":")
		if !ok {
			return ""
		}
		return scheme + ":" // what a data: URL holds is no address
	}
	return url[:strings.IndexAny(url+"?", "?#")]
}
