package scenarios

import "github.com/replaydiff/replay/diff/traffic"

// RequestID returns the field by which an operator finds an answer in the
// logs; false where it has none.
func RequestID(r *traffic.Response) (traffic.HeaderField, bool) {
	if r == nil {
		return traffic.HeaderField{}, false
	}
	for _, name := range requestIDs {
		if value := r.Header.Get(name); value != "" {
			return traffic.HeaderField{Name: name, Value: value}, true
		}
	}
	return traffic.HeaderField{}, false
}
