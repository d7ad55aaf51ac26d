package scenarios

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// A take is one recording of a base flow. Takes differ in what two recordings
// of a working flow differ in: dates, ids, hashes, one-time values, and the
// tokens and sessions of a fresh login.
type take struct {
	*rand.Rand
	capture  *traffic.Capture
	decisive []int // the exchanges that are worth breaking

	at     time.Time // of the next request
	step   time.Duration
	client []string // headers of every request
	server []string // headers of every answer
	proto  string
}

func newTake(flow string, number uint64) *take {
	h := fnv.New64a()
	h.Write([]byte(flow))
	start := time.Date(2026, 3, 3, 9, 12, 44, 0, time.UTC).Add(time.Duration(number) * 41 * time.Hour)
	return &take{
		Rand: rand.New(rand.NewPCG(h.Sum64(), number)),
		capture: &traffic.Capture{
			File: flow, Format: traffic.HAR, Version: "1.2", Creator: traffic.Product{Name: "recorder", Version: "3.1"},
		},
		at: start, step: 700 * time.Millisecond, proto: "HTTP/1.1",
	}
}

// A talk is an exchange in few words. Headers are lines of "Name: value".
type talk struct {
	ask  string // "POST https://host/path"
	send []string
	body string // its type is told from its content unless send says it

	status int // 0 is 200
	answer []string
	body2  string // of the answer

	kind     string // Chromium's _resourceType
	decisive bool
}

// cassette makes the capture one without clocks.
func (t *take) cassette() {
	t.capture.Format, t.capture.Version, t.capture.Creator = traffic.CassetteV1, "1", traffic.Product{}
}

func (t *take) add(k talk) *traffic.Exchange {
	method, url, _ := strings.Cut(k.ask, " ")
	x := &traffic.Exchange{Index: len(t.capture.Exchanges)}
	x.Request = traffic.Request{Method: method, URL: url, Proto: t.proto}
	x.Request.Header = t.fields(append(authority(t.proto, method, x.Request.ParsedURL().Host, x.Request.ParsedURL().Scheme, x.Request.ParsedURL().RequestURI()), t.client...), k.send)
	x.Request.Body = content(&x.Request.Header, k.body)
	x.Response = &traffic.Response{Status: max(k.status, 200*b2i(k.status == 0)), Proto: t.proto}
	x.Response.Header = t.fields([]string{"Date: " + t.at.Add(90*time.Millisecond).Format(http.TimeFormat)}, append(t.server[:len(t.server):len(t.server)], k.answer...))
	x.Response.Body = content(&x.Response.Header, k.body2)
	if t.capture.Format == traffic.HAR {
		x.Recorded.Started = traffic.Timestamp{Time: t.at, Text: t.at.Format("2006-01-02T15:04:05.000Z")}
		x.Recorded.Millis = 180
		x.Recorded.Timings = traffic.Timings{Blocked: 1, DNS: -1, Connect: -1, SSL: -1, Send: 1, Wait: 170, Receive: 8}
	}
	if k.kind != "" {
		x.Unknown = traffic.Fields{{Pointer: "/_resourceType", Value: []byte(strconv.Quote(k.kind))}}
	}
	if k.decisive {
		t.decisive = append(t.decisive, x.Index)
	}
	t.capture.Exchanges = append(t.capture.Exchanges, x)
	t.at = t.at.Add(t.step)
	return x
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func authority(proto, method, host, scheme, path string) []string {
	if proto == "h2" {
		return []string{":authority: " + host, ":method: " + method, ":path: " + path, ":scheme: " + scheme}
	}
	return []string{"Host: " + host}
}

func (t *take) fields(lists ...[]string) traffic.Header {
	var h traffic.Header
	for _, list := range lists {
		for _, line := range list {
			name, value, ok := strings.Cut(line[1:], ": ")
			if !ok {
				panic("no header line: " + line)
			}
			name = line[:1] + name
			if t.proto == "h2" {
				name = strings.ToLower(name)
			}
			h = append(h, traffic.HeaderField{Name: name, Value: value})
		}
	}
	return h
}

// content makes a body and completes the header that describes it.
func content(h *traffic.Header, body string) traffic.Body {
	if body == "" {
		return traffic.Body{}
	}
	mediaType := h.Get("content-type")
	if mediaType == "" {
		switch {
		case body[0] == '{' || body[0] == '[':
			mediaType = "application/json"
		case strings.HasPrefix(body, "<!"):
			mediaType = "text/html; charset=utf-8"
		case strings.HasPrefix(body, "<?xml"):
			mediaType = "application/xml"
		case strings.Contains(body, "=") && !strings.ContainsAny(body, " \n"):
			mediaType = "application/x-www-form-urlencoded"
		default:
			mediaType = "text/plain"
		}
		*h = append(*h, traffic.HeaderField{Name: "content-type", Value: mediaType})
	}
	*h = append(*h, traffic.HeaderField{Name: "content-length", Value: strconv.Itoa(len(body))})
	return traffic.NewBody(mediaType, []byte(body))
}

// hex is n random hexadecimal digits.
func (t *take) hex(n int) string {
	raw := make([]byte, (n+1)/2)
	for i := range raw {
		raw[i] = byte(t.Uint32())
	}
	return hex.EncodeToString(raw)[:n]
}

// opaque is n random characters as in tokens and sessions.
func (t *take) opaque(n int) string {
	raw := make([]byte, n)
	for i := range raw {
		raw[i] = byte(t.Uint32())
	}
	return base64.RawURLEncoding.EncodeToString(raw)[:n]
}

func (t *take) uuid() string {
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", t.hex(8), t.hex(4), t.hex(3), t.hex(3), t.hex(12))
}

// jwt issues a token for an hour. Claims are the members of its payload, in
// JSON, beside iat, exp and jti; the key is a new one in each take, for nobody
// verifies it.
func (t *take) jwt(alg, kid, claims string) string {
	header := fmt.Sprintf(`{"alg":%q,"typ":"JWT","kid":%q}`, alg, kid)
	payload := fmt.Sprintf(`{%s,"iat":%d,"nbf":%d,"exp":%d,"jti":%q}`, claims, t.at.Unix(), t.at.Unix(), t.at.Add(time.Hour).Unix(), t.uuid())
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	var signature []byte
	switch alg {
	case "HS256":
		mac := hmac.New(sha256.New, []byte(t.hex(32)))
		mac.Write([]byte(signed))
		signature = mac.Sum(nil)
	default:
		length := map[string]int{"RS256": 256, "ES256": 64}[alg]
		signature = make([]byte, length)
		for i := range signature {
			signature[i] = byte(t.Uint32())
		}
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}
