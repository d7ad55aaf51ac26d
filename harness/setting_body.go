package harness

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// findPointer returns the bytes of a JSON body and the value that a pointer
// names in them.
func findPointer(r *traffic.Request, pointer string) (body []byte, value [2]int, found bool) {
	if !r.Body.Present() || !strings.Contains(strings.ToLower(r.Header.Get("Content-Type")+r.Body.MediaType), "json") {
		return nil, value, false
	}
	body, err := r.Body.Bytes(0)
	if err != nil {
		return nil, value, false
	}
	dec := jsontext.NewDecoder(bytes.NewReader(body))
	for {
		start := dec.InputOffset()
		token, err := dec.ReadToken()
		if err != nil {
			return body, value, false // the end, or no JSON
		}
		if string(dec.StackPointer()) != pointer || isName(dec, token) {
			continue
		}
		end := int(dec.InputOffset())
		if k := token.Kind(); k == '{' || k == '[' {
			return body, value, false // a whole object: only scalars are set
		}
		from := int(start)
		for from < end && strings.IndexByte(" \t\r\n,:", body[from]) >= 0 {
			from++
		}
		return body, [2]int{from, end}, true
	}
}

// isName tells the name of a member from its value: both have one pointer.
func isName(dec *jsontext.Decoder, token jsontext.Token) bool {
	kind, n := dec.StackIndex(dec.StackDepth())
	return kind == '{' && n%2 == 1 && token.Kind() == '"'
}

// setPointer puts a value in the place of another in a JSON body: as it is
// where it is JSON itself, else as a string.
func setPointer(r *traffic.Request, pointer, value string) {
	body, at, found := findPointer(r, pointer)
	if !found {
		return
	}
	written := []byte(value)
	if !json.Valid(written) {
		written, _ = json.Marshal(value)
	}
	changed := append(append(append([]byte{}, body[:at[0]]...), written...), body[at[1]:]...)
	r.Body = traffic.NewBody(r.Body.MediaType, changed)
}
