package scenarios

import (
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// A mutation changes a flow in a way that no server minds.
type mutation struct {
	name   string
	mutate func(*traffic.Capture, *rand.Rand)
}

// mutations beside those that come with another take: dates, sessions, tokens,
// hashes of assets.
func mutations() []mutation {
	return []mutation{
		{"header order", shuffleHeaders},
		{"header case", shoutHeaders},
		{"tracing ids", addTracing},
		{"validators", changeValidators},
		{"cache-busters", addBusters},
		{"client hints", changeHints},
		{"another build", changeBuild},
	}
}

// noisyTake is another take of a flow with every mutation.
func noisyTake(f baseFlow, number uint64) *take {
	t := f.take(number)
	if number > 0 {
		for _, m := range mutations() {
			m.mutate(t.capture, t.Rand)
		}
	}
	return t
}

func eachHeader(c *traffic.Capture, change func(*traffic.Header)) {
	for _, x := range c.Exchanges {
		change(&x.Request.Header)
		change(&x.Response.Header)
	}
}

// shuffleHeaders keeps the order of fields of one name, which means something
// (RFC 9110 section 5.3).
func shuffleHeaders(c *traffic.Capture, r *rand.Rand) {
	eachHeader(c, func(h *traffic.Header) {
		r.Shuffle(len(*h), func(i, j int) {
			if !strings.EqualFold((*h)[i].Name, (*h)[j].Name) && !strings.EqualFold((*h)[i].Name, "set-cookie") && !strings.EqualFold((*h)[j].Name, "set-cookie") &&
				!strings.HasPrefix(strings.ToLower((*h)[i].Name), "www-") && !strings.HasPrefix(strings.ToLower((*h)[j].Name), "www-") {
				(*h)[i], (*h)[j] = (*h)[j], (*h)[i]
			}
		})
	})
}

func shoutHeaders(c *traffic.Capture, r *rand.Rand) {
	for _, x := range c.Exchanges {
		if x.Request.Proto == "h2" {
			continue // RFC 9113 section 8.2.1: lower case alone
		}
		for i, f := range x.Request.Header {
			if r.IntN(3) == 0 {
				x.Request.Header[i].Name = strings.ToUpper(f.Name)
			}
		}
	}
}

func addTracing(c *traffic.Capture, r *rand.Rand) {
	id := func() string { return strconv.FormatUint(r.Uint64()|1<<63, 16) }
	for _, x := range c.Exchanges {
		x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "traceparent", Value: "00-" + id() + id() + "-" + id() + "-01"})
		SetHeader(&x.Response.Header, "x-request-id", id())
	}
}

func changeValidators(c *traffic.Capture, r *rand.Rand) {
	for _, x := range c.Exchanges {
		if x.Request.Method == "GET" && x.Response.Status == 200 {
			SetHeader(&x.Response.Header, "etag", `W/"`+strconv.FormatUint(r.Uint64(), 36)+`"`)
			SetHeader(&x.Request.Header, "cache-control", "max-age=0")
		}
	}
}

// addBusters leaves signed addresses alone.
func addBusters(c *traffic.Capture, r *rand.Rand) {
	busted := map[string]string{}
	for _, x := range c.Exchanges {
		kind := string(x.Unknown.Get("/_resourceType"))
		if kind != `"script"` && kind != `"fetch"` && kind != `"preflight"` || strings.Contains(x.Request.URL, "?") {
			continue
		}
		old := x.Request.URL
		if busted[old] == "" {
			busted[old] = old + "?_=" + strconv.FormatInt(1772000000000+r.Int64N(1e9), 10)
		}
		x.Request.URL = busted[old]
		for i := range x.Request.Header.All(":path") {
			x.Request.Header[i].Value += busted[old][len(old):]
		}
	}
}

func changeHints(c *traffic.Capture, r *rand.Rand) {
	for _, x := range c.Exchanges {
		if x.Request.Header.Has("sec-ch-ua") {
			SetHeader(&x.Request.Header, "sec-ch-ua", `"Not)A;Brand";v="24", "Chromium";v="`+strconv.Itoa(142+r.IntN(5))+`"`)
			SetHeader(&x.Request.Header, "sec-ch-prefers-color-scheme", "dark")
		}
	}
}

var buildNumber = regexp.MustCompile(`([A-Za-z]/\d+\.)\d+`)

func changeBuild(c *traffic.Capture, r *rand.Rand) {
	build := strconv.Itoa(1 + r.IntN(40))
	for _, x := range c.Exchanges {
		if old := x.Request.Header.Get("user-agent"); old != "" {
			SetHeader(&x.Request.Header, "User-Agent", buildNumber.ReplaceAllString(old, "${1}"+build))
		}
	}
}
