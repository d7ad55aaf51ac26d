package diff

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/tree"
)

// A group is a part of an exchange that is compared on its own, as tree.Parts.
type group uint8

const (
	requestLine group = iota
	requestHeader
	requestContent // the content taken apart
	requestBody    // a body added, removed or replaced as a whole
	requestLists   // what the recorder keeps beside header and body
	answer         // a response that only one exchange has
	responseLine
	responseHeader
	responseContent
	responseBody
	responseLists
	recorded
	unknown
)

// leaf is a kid that does not come apart; empty ones are left out, so that
// they come and go as additions and removals.
func leaf(kids []tree.Kid, key, text string) []tree.Kid {
	return kid(kids, key, text, nil)
}

func kid(kids []tree.Kid, key, text string, codec tree.Codec) []tree.Kid {
	if text == "" {
		return kids
	}
	return append(kids, tree.Kid{Key: key, Text: text, Codec: codec})
}

// value returns the text of a record's kid, "" where there is none.
func value(p tree.Parts, key string) string {
	for _, kid := range p.Kids {
		if kid.Key == key {
			return kid.Text
		}
	}
	return ""
}

func requestLineParts(r *traffic.Request) tree.Parts {
	kids := leaf(nil, "method", r.Method)
	kids = kid(kids, "url", r.URL, tree.URL{})
	kids = leaf(kids, "proto", r.Proto)
	return tree.Parts{Mode: tree.Record, Kids: kids}
}

func setRequestLine(r *traffic.Request, p tree.Parts) {
	r.Method, r.URL, r.Proto = value(p, "method"), value(p, "url"), value(p, "proto")
}

func responseLineParts(r *traffic.Response) tree.Parts {
	kids := leaf(nil, "status", number(int64(r.Status)))
	kids = leaf(kids, "reason", r.StatusText)
	kids = leaf(kids, "proto", r.Proto)
	kids = leaf(kids, "location", r.Location)
	kids = leaf(kids, "error", r.Error)
	return tree.Parts{Mode: tree.Record, Kids: kids}
}

func setResponseLine(r *traffic.Response, p tree.Parts) {
	r.Status = int(parseNumber(value(p, "status")))
	r.StatusText, r.Proto = value(p, "reason"), value(p, "proto")
	r.Location, r.Error = value(p, "location"), value(p, "error")
}

func headerParts(h traffic.Header) tree.Parts {
	kids := make([]tree.Kid, len(h))
	for i, f := range h {
		kids[i] = headerKid(f)
	}
	return tree.Parts{Mode: tree.Keyed, Kids: kids}
}

func headerKid(f traffic.HeaderField) tree.Kid {
	name := strings.ToLower(f.Name)
	kid := tree.Kid{Key: name, Label: f.Name, Text: f.Value, Codec: headerCodec(name)}
	if name == "set-cookie" {
		kid.Key += ":" + tree.SetCookieName(f.Value)
	}
	return kid
}

func headerOf(p tree.Parts) traffic.Header {
	if len(p.Kids) == 0 {
		return nil
	}
	h := make(traffic.Header, len(p.Kids))
	for i, kid := range p.Kids {
		h[i] = traffic.HeaderField{Name: kid.Label, Value: kid.Text}
	}
	return h
}

// headerCodec knows which fields come apart. The others have a single value,
// or one that people read as a whole.
func headerCodec(name string) tree.Codec {
	switch name {
	case "cookie":
		return tree.Cookies{}
	case "set-cookie":
		return tree.SetCookie{}
	case "authorization", "proxy-authorization":
		return tree.Credentials{}
	case "www-authenticate", "proxy-authenticate":
		return tree.Challenges{}
	case "allow", "accept", "accept-encoding", "accept-language", "access-control-allow-headers",
		"access-control-allow-methods", "access-control-expose-headers", "access-control-request-headers",
		"cache-control", "connection", "content-encoding", "te", "trailer", "transfer-encoding", "upgrade", "vary":
		return tree.List{}
	case "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto":
		return tree.Hops{}
	}
	if strings.HasSuffix(name, "-token") || strings.HasSuffix(name, "-jwt") || strings.HasSuffix(name, "-assertion") {
		return tree.Token{}
	}
	return nil
}

func requestListParts(r *traffic.Request) tree.Parts {
	kids := leaf(nil, "type", r.Body.MediaType)
	kids = listKids(kids, "params", paramRecords(r.Body.Params))
	kids = listKids(kids, "query", paramRecords(r.Query))
	kids = listKids(kids, "cookies", cookieRecords(r.Cookies))
	kids = leaf(kids, "sizes", sizesText(r.Sizes))
	return tree.Parts{Mode: tree.Record, Kids: kids}
}

func setRequestLists(r *traffic.Request, p tree.Parts) {
	r.Body.MediaType = value(p, "type")
	r.Body.Params = paramsOf(value(p, "params"))
	r.Query = paramsOf(value(p, "query"))
	r.Cookies = cookiesOf(value(p, "cookies"))
	r.Sizes = parseSizes(value(p, "sizes"))
}

func responseListParts(r *traffic.Response) tree.Parts {
	kids := leaf(nil, "type", r.Body.MediaType)
	kids = listKids(kids, "params", paramRecords(r.Body.Params))
	kids = listKids(kids, "cookies", cookieRecords(r.Cookies))
	kids = leaf(kids, "sizes", sizesText(r.Sizes))
	return tree.Parts{Mode: tree.Record, Kids: kids}
}

func setResponseLists(r *traffic.Response, p tree.Parts) {
	r.Body.MediaType = value(p, "type")
	r.Body.Params = paramsOf(value(p, "params"))
	r.Cookies = cookiesOf(value(p, "cookies"))
	r.Sizes = parseSizes(value(p, "sizes"))
}

func recordedParts(r *traffic.Recorded) tree.Parts {
	kids := leaf(nil, "started", timestampText(r.Started))
	kids = leaf(kids, "timings", timingsText(r))
	kids = leaf(kids, "server-ip", r.ServerIP)
	kids = leaf(kids, "connection", r.Connection)
	kids = leaf(kids, "page", r.Page)
	kids = leaf(kids, "comment", r.Comment)
	return tree.Parts{Mode: tree.Record, Kids: kids}
}

func setRecorded(r *traffic.Recorded, p tree.Parts) {
	r.Started = parseTimestamp(value(p, "started"))
	parseTimings(r, value(p, "timings"))
	r.ServerIP, r.Connection = value(p, "server-ip"), value(p, "connection")
	r.Page, r.Comment = value(p, "page"), value(p, "comment")
}

func unknownParts(f traffic.Fields) tree.Parts {
	kids := make([]tree.Kid, len(f))
	for i, field := range f {
		kids[i] = tree.Kid{Key: field.Pointer, Label: field.Pointer, Text: string(field.Value), Codec: tree.JSON{}}
	}
	return tree.Parts{Mode: tree.Keyed, Kids: kids}
}

func unknownOf(p tree.Parts) traffic.Fields {
	if len(p.Kids) == 0 {
		return nil
	}
	f := make(traffic.Fields, len(p.Kids))
	for i, kid := range p.Kids {
		f[i] = traffic.Field{Pointer: kid.Label, Value: []byte(kid.Text)}
	}
	return f
}
