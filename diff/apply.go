package diff

import (
	"errors"
	"fmt"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/tree"
)

// ErrEdit is returned for an edit that was made for another exchange.
var ErrEdit = errors.New("edit does not fit the exchange")

var errNoResponse = fmt.Errorf("%w: it has no response", ErrEdit)

// Apply returns a copy of ok with the edits in it, in whatever order they are
// given. Every subset of Between(ok, bad) applies; ok is left as it is.
func Apply(ok *traffic.Exchange, edits []Edit) (*traffic.Exchange, error) {
	out := *ok
	if ok.Response != nil {
		response := *ok.Response
		out.Response = &response
	}
	var groups [unknown + 1][]tree.Edit
	for _, e := range edits {
		switch e.group {
		case requestBody, responseBody:
			if err := applyBody(&out, e); err != nil {
				return nil, err
			}
		case answer:
			out.Response = e.response
		default:
			groups[e.group] = append(groups[e.group], e.Edit)
		}
	}
	for g, list := range groups {
		inResponse := answer < group(g) && group(g) < recorded
		switch {
		case len(list) == 0:
			continue
		case inResponse && ok.Response == nil:
			return nil, errNoResponse
		case inResponse && out.Response == nil: // an edit took the answer away: nothing to edit there
			continue
		}
		if err := applyGroup(ok, &out, group(g), list); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrEdit, err)
		}
	}
	return &out, nil
}

func applyBody(x *traffic.Exchange, e Edit) error {
	body := &x.Request.Body
	if e.group == responseBody {
		if x.Response == nil {
			return errNoResponse
		}
		body = &x.Response.Body
	}
	replaced := *e.body
	replaced.MediaType, replaced.Params = body.MediaType, body.Params
	*body = replaced
	return nil
}

// applyGroup reads from ok and writes to out, so that groups don't see each
// other's edits: a new content type must not change how the body comes apart.
func applyGroup(ok, out *traffic.Exchange, g group, edits []tree.Edit) error {
	p, err := tree.Apply(partsOf(ok, g), edits)
	if err != nil {
		return err
	}
	setParts(out, g, p)
	return nil
}

func partsOf(x *traffic.Exchange, g group) tree.Parts {
	switch g {
	case requestLine:
		return requestLineParts(&x.Request)
	case requestHeader:
		return headerParts(x.Request.Header)
	case requestContent:
		p, _ := contentParts(requestSide(&x.Request))
		return p
	case requestLists:
		return requestListParts(&x.Request)
	case responseLine:
		return responseLineParts(x.Response)
	case responseHeader:
		return headerParts(x.Response.Header)
	case responseContent:
		p, _ := contentParts(responseSide(x.Response))
		return p
	case responseLists:
		return responseListParts(x.Response)
	case recorded:
		return recordedParts(&x.Recorded)
	default:
		return unknownParts(x.Unknown)
	}
}

func setParts(x *traffic.Exchange, g group, p tree.Parts) {
	switch g {
	case requestLine:
		setRequestLine(&x.Request, p)
	case requestHeader:
		x.Request.Header = headerOf(p)
	case requestContent:
		setContent(&x.Request.Body, p)
	case requestLists:
		setRequestLists(&x.Request, p)
	case responseLine:
		setResponseLine(x.Response, p)
	case responseHeader:
		x.Response.Header = headerOf(p)
	case responseContent:
		setContent(&x.Response.Body, p)
	case responseLists:
		setResponseLists(x.Response, p)
	case recorded:
		setRecorded(&x.Recorded, p)
	default:
		x.Unknown = unknownOf(p)
	}
}

func setContent(b *traffic.Body, p tree.Parts) {
	replaced := traffic.NewBody(b.MediaType, []byte(value(p, "content")))
	replaced.Params = b.Params
	*b = replaced
}
