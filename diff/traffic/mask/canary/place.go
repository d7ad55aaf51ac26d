package canary

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// A Planting puts a secret into one place of one entry of a HAR.
type Planting struct {
	Reason string
	plant  func(log, entry object, secret string)
	shape  func(core string) string // what the secret looks like; nil: letters and digits
}

type object = map[string]any

func request(entry object) object  { return entry["request"].(object) }
func response(entry object) object { return entry["response"].(object) }

func inHeader(side, name, format string) func(object, object, string) {
	return func(_, entry object, s string) {
		message := entry[side].(object)
		message["headers"] = append(message["headers"].([]object), object{"name": name, "value": fill(format, s)})
	}
}

func inURL(format string) func(object, object, string) {
	return func(_, entry object, s string) { request(entry)["url"] = fill(format, s) }
}

func inPost(mediaType, format string) func(object, object, string) {
	return func(_, entry object, s string) {
		request(entry)["postData"] = object{"mimeType": mediaType, "text": fill(format, s)}
	}
}

func inAnswer(mediaType, format string) func(object, object, string) {
	return func(_, entry object, s string) {
		response(entry)["content"] = object{"size": -1, "mimeType": mediaType, "text": fill(format, s)}
	}
}

// inPacked has an answer in Base64, below a content coding.
func inPacked(encoding string, format string, pack func(string) string) func(object, object, string) {
	return func(log, entry object, s string) {
		inHeader("response", "Content-Encoding", encoding)(log, entry, "")
		response(entry)["content"] = object{"size": -1, "mimeType": "application/json", "encoding": "base64", "text": base64.StdEncoding.EncodeToString([]byte(pack(fill(format, s))))}
	}
}

func inUnknown(name string, value func(s string) any) func(object, object, string) {
	return func(_, entry object, s string) { entry[name] = value(s) }
}

func fill(format, s string) string { return strings.ReplaceAll(format, "§", s) }

func based(format string) func(string) string {
	return func(s string) string { return base64.StdEncoding.EncodeToString([]byte(fill(format, s))) }
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return b.String()
}

func brotlied(s string) string {
	var b bytes.Buffer
	w := brotli.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return b.String()
}

func zstded(s string) string {
	w, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	return string(w.EncodeAll([]byte(s), nil))
}
