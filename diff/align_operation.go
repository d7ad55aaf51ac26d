package diff

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// Bounds of looking for an operation's name.
const (
	operationBody  = 64 << 10 // bytes of a body
	operationBatch = 16       // operations of one batch
)

// headerOperation hashes the operation that a header names: AWS JSON
// protocols and SOAP 1.1 post everything to one URL.
func (a *aligner) headerOperation(h traffic.Header) uint64 {
	for _, f := range h {
		switch len(f.Name) {
		case len("X-Amz-Target"):
			if strings.EqualFold(f.Name, "X-Amz-Target") {
				return a.hash(f.Value)
			}
		case len("SOAPAction"):
			if strings.EqualFold(f.Name, "SOAPAction") {
				return a.hash(strings.Trim(f.Value, `"`))
			}
		}
	}
	return 0
}

// nameOperations reads the operation out of the bodies where a capture posts
// more than once to a URL. Elsewhere the URL says enough, and no body is read.
func (a *aligner) nameOperations() {
	count := make(map[uint64]int)
	several := make(map[uint64]bool)
	for _, s := range []*side{&a.ok, &a.bad} {
		clear(count)
		for i, x := range s.exchanges {
			if !mayNameOperation(x) {
				continue
			}
			key := s.entries[i].shape
			if count[key]++; count[key] == 2 {
				several[key] = true
			}
		}
	}
	if len(several) == 0 {
		return
	}
	for _, s := range []*side{&a.ok, &a.bad} {
		for i, x := range s.exchanges {
			if e := &s.entries[i]; mayNameOperation(x) && several[e.shape] {
				e.op = mixAll(e.op, a.bodyOperation(x.Request.Body))
			}
		}
	}
}

func mayNameOperation(x *traffic.Exchange) bool {
	r := &x.Request
	if r.Method != "POST" || !r.Body.Present() || r.Sizes.Body > operationBody {
		return false
	}
	t := r.Body.MediaType
	return t == "" || strings.Contains(t, "json") || strings.Contains(t, "graphql")
}

func (a *aligner) bodyOperation(b traffic.Body) uint64 {
	text, err := b.Bytes(operationBody)
	if err != nil {
		return 0
	}
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return 0
	}
	return a.operations(jsontext.NewDecoder(bytes.NewReader(text)))
}

// operations reads one request or a batch of them.
func (a *aligner) operations(d *jsontext.Decoder) uint64 {
	if d.PeekKind() != '[' {
		return a.operation(d)
	}
	if _, err := d.ReadToken(); err != nil {
		return 0
	}
	var h uint64
	for range operationBatch {
		if d.PeekKind() != '{' {
			break
		}
		h = mixAll(h, a.operation(d))
	}
	return h
}

// operation reads the members of one request: operationName, else the name in
// the text of the query (GraphQL over HTTP); method beside jsonrpc (JSON-RPC
// 2.0 section 4). Any other object has none.
func (a *aligner) operation(d *jsontext.Decoder) uint64 {
	if d.PeekKind() != '{' {
		return 0
	}
	if _, err := d.ReadToken(); err != nil {
		return 0
	}
	var name, query, method string
	rpc := false
	for d.PeekKind() == '"' {
		member, err := d.ReadToken()
		if err != nil {
			return 0
		}
		var into *string
		switch member.String() {
		case "operationName":
			into = &name
		case "query":
			into = &query
		case "method":
			into = &method
		case "jsonrpc":
			rpc = true
		}
		if into == nil || d.PeekKind() != '"' {
			if d.SkipValue() != nil {
				return 0
			}
			continue
		}
		value, err := d.ReadToken()
		if err != nil {
			return 0
		}
		*into = value.String()
	}
	if _, err := d.ReadToken(); err != nil {
		return 0
	}
	switch {
	case name != "":
		return a.hash(name)
	case query != "":
		return a.hash(operationHead(query))
	case rpc && method != "":
		return a.hash(method)
	}
	return 0
}

// operationHead is the text of a GraphQL document up to its first selection
// or variable: "query Orders", "mutation", "".
func operationHead(query string) string {
	if i := strings.IndexAny(query, "({@"); i >= 0 {
		query = query[:i]
	}
	return strings.TrimSpace(query)
}
