package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// mediaTypeOf is the media type of an answer in lower case, without
// parameters.
func mediaTypeOf(r *traffic.Response) string {
	value := r.Header.Get("content-type")
	if value == "" {
		value = r.Body.MediaType
	}
	value, _, _ = strings.Cut(value, ";")
	return strings.ToLower(strings.TrimSpace(value))
}

// isStructured tells whether an answer is data for programs: JSON, XML, gRPC.
func isStructured(r *traffic.Response) bool {
	m := mediaTypeOf(r)
	return isJSON(m) || strings.HasPrefix(m, "application/xml") || strings.HasSuffix(m, "+xml") && m != "application/xhtml+xml" ||
		strings.HasPrefix(m, "application/grpc") || m == "application/x-protobuf"
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json") || mediaType == "text/json"
}
