package scenarios

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// setMember changes a member of the JSON object that a request body is.
func setMember(r *traffic.Request, name, value string, keep bool) error {
	content, err := r.Body.Bytes(maxSearchedBody)
	if err != nil {
		return cannot("the body can't be read")
	}
	members := map[string]jsontext.Value{}
	if err := json.Unmarshal(content, &members); err != nil {
		return cannot("the body is neither a form nor a JSON object")
	}
	if _, there := members[name]; !there {
		return cannot("the field is nested in the body")
	}
	delete(members, name)
	if keep {
		quoted, err := json.Marshal(value)
		if err != nil {
			return cannot("the value is no text")
		}
		members[name] = quoted
	}
	edited, err := json.Marshal(members, json.Deterministic(true))
	if err != nil {
		return cannot("the body can't be written")
	}
	r.Body = traffic.NewBody(r.Body.MediaType, edited)
	return nil
}
