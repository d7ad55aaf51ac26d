package correlate

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
)

// A giver writes an answer that hands a value out, a taker a request that
// carries it on.
type giver func(x *traffic.Response, value string)
type taker func(x *traffic.Request, value string)

var givers = []giver{
	func(r *traffic.Response, v string) {
		r.Header = append(r.Header, traffic.HeaderField{Name: "Set-Cookie", Value: "XSRF-TOKEN=" + url.QueryEscape(v) + "; Path=/"})
	},
	func(r *traffic.Response, v string) {
		r.Header = append(r.Header, traffic.HeaderField{Name: "X-Next-Token", Value: v})
	},
	func(r *traffic.Response, v string) {
		r.Header = append(r.Header, traffic.HeaderField{Name: "Location", Value: "/cb?code=" + url.QueryEscape(v) + "&from=here"})
	},
	func(r *traffic.Response, v string) {
		giveBody(r, "application/json", jsonOf(map[string]any{"token": v}))
	},
	func(r *traffic.Response, v string) {
		giveBody(r, "application/json", jsonOf(map[string]any{"state": jsonOf(map[string]any{"deep": []any{"a", map[string]any{"k": v}}})}))
	},
	func(r *traffic.Response, v string) {
		giveBody(r, "text/html", `<p>Hi<form action="/x"><input type=hidden name=_token value="`+escapeHTML(v)+`"></form>`)
	},
	func(r *traffic.Response, v string) {
		giveBody(r, "text/html", `<meta name="csrf-token" content='`+escapeHTML(v)+`'>`)
	},
	func(r *traffic.Response, v string) {
		giveBody(r, "text/html", `<a href="/orders?ref=`+escapeHTML(url.QueryEscape(v))+`">next</a>`)
	},
	func(r *traffic.Response, v string) {
		giveBody(r, "text/html", "<script>var app = {debug: false}; window.__S__ = "+jsonOf(map[string]any{"a": map[string]any{"csrf": v}})+";</script>")
	},
	func(r *traffic.Response, v string) { giveBody(r, "text/plain", v) },
}

func giveBody(r *traffic.Response, mediaType, text string) {
	r.Header = append(r.Header, traffic.HeaderField{Name: "Content-Type", Value: mediaType})
	r.Body = traffic.NewBody(mediaType, []byte(text))
}

func escapeHTML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(s)
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

var takers = []taker{
	func(r *traffic.Request, v string) { setField(r, "Authorization", "Bearer "+v) },
	func(r *traffic.Request, v string) {
		setField(r, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("token:"+v)))
	},
	func(r *traffic.Request, v string) { setField(r, "X-CSRF-Token", v) },
	func(r *traffic.Request, v string) { r.URL += "&q=" + url.QueryEscape(v) + "&z=1" },
	func(r *traffic.Request, v string) {
		r.URL = strings.Replace(r.URL, "/do?", "/do/"+url.PathEscape(v)+"/x?", 1)
	},
	func(r *traffic.Request, v string) {
		r.URL += "&next=" + url.QueryEscape("/back?t="+url.QueryEscape(v)+"&u=2")
	},
	func(r *traffic.Request, v string) {
		setBody(r, "application/x-www-form-urlencoded", "utf8=%E2%9C%93&t="+url.QueryEscape(v)+"&e=")
	},
	func(r *traffic.Request, v string) {
		setBody(r, "application/json", `{"n": 1.0, "t":`+jsonOf(v)+`, "l":[null, true]}`)
	},
	func(r *traffic.Request, v string) {
		setBody(r, "application/json", jsonOf(map[string]any{"e": jsonOf(map[string]any{"v": v})}))
	},
	func(r *traffic.Request, v string) {
		setBody(r, "application/json", jsonOf(map[string]any{"e": base64.StdEncoding.EncodeToString([]byte("v1:" + v + ":end"))}))
	},
	func(r *traffic.Request, v string) {
		setBody(r, "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\n"+v+"\r\n--b--\r\n")
	},
	func(r *traffic.Request, v string) {
		setBody(r, "text/xml", `<s:Envelope><s:Body a="1 &amp; 2"><Token>`+escapeHTML(v)+"</Token></s:Body></s:Envelope>")
	},
}

func setField(r *traffic.Request, name, value string) {
	if !r.Header.Has(name) {
		r.Header = append(r.Header, traffic.HeaderField{Name: name, Value: value})
	}
}

func setBody(r *traffic.Request, mediaType, text string) {
	if !r.Body.Present() {
		setField(r, "Content-Type", mediaType)
		r.Body = traffic.NewBody(mediaType, []byte(text))
	}
}

// A step of a drawn flow: which answer hands its value out, and which values
// its request carries.
type step struct {
	give int
	take map[int]int // place of a taker → step whose value it carries
}

// TestLaw records a drawn flow twice, with other secrets: the plan of the
// first turns its requests into those of the second.
func TestLaw(t *testing.T) { rapid.Check(t, checkLaw) }

func checkLaw(t *rapid.T) {
	steps := rapid.Custom(drawSteps).Draw(t, "steps")
	alphabet := rapid.SampledFrom([]string{"0123456789abcdef", "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="}).Draw(t, "alphabet")
	old, new := drawSecrets(t, len(steps), alphabet, "old"), drawSecrets(t, len(steps), alphabet, "new")
	c, again := recording(steps, old), recording(steps, new)
	p, err := Find(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	run := p.Start()
	for i, x := range c.Exchanges {
		got, missing := run.Request(i, &x.Request)
		if len(missing) > 0 {
			t.Fatalf("entry %d: missing %v", i, missing)
		}
		if diff := cmp.Diff(textOf(&again.Exchanges[i].Request), textOf(got)); diff != "" {
			t.Fatalf("entry %d of\n%s\nbecame another request:\n%s", i, listed(p), diff)
		}
		if len(steps[i].take) == 0 && got != &x.Request {
			t.Fatalf("entry %d has no links, and yet is a copy", i)
		}
		run.Answer(i, x.Response, again.Exchanges[i].Response)
		if got, want := run.TranslateAt(i, bodyOf(x.Response)), bodyOf(again.Exchanges[i].Response); got != want && linksFrom(p, i) {
			t.Fatalf("answer %d: translated to %q, want %q", i, got, want)
		}
	}
}

func linksFrom(p *Plan, entry int) bool { return len(p.outputs[entry]) > 0 }

func bodyOf(r *traffic.Response) string {
	b, _ := r.Body.Bytes(0)
	return string(b)
}

func drawSteps(t *rapid.T) []step {
	steps := make([]step, rapid.IntRange(2, 8).Draw(t, "n"))
	for i := range steps {
		steps[i] = step{give: rapid.IntRange(0, len(givers)-1).Draw(t, "give"), take: map[int]int{}}
		if i == 0 {
			continue
		}
		for range rapid.IntRange(0, 3).Draw(t, "takes") {
			steps[i].take[rapid.IntRange(0, len(takers)-1).Draw(t, "place")] = rapid.IntRange(0, i-1).Draw(t, "from")
		}
	}
	return steps
}

// drawSecrets draws values that have a character of every kind of their
// alphabet, so that a recording shows how its writer escapes.
func drawSecrets(t *rapid.T, n int, alphabet, label string) []string {
	all := make([]string, n)
	chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, label), uint64(n)))
	for i := range all {
		secret := make([]byte, 18+chance.IntN(22))
		for k := range secret {
			secret[k] = alphabet[chance.IntN(len(alphabet))]
		}
		all[i] = fmt.Sprintf("%s%02d%s%014x", secret, i, label[:1], chance.Uint64()>>8) // never a word by chance
		if strings.HasSuffix(alphabet, "+/=") {
			all[i] = "a+b/" + all[i] + "=="
		}
	}
	return all
}

func recording(steps []step, secrets []string) *traffic.Capture {
	c := &traffic.Capture{}
	for i, s := range steps {
		x := &traffic.Exchange{Index: i, Request: traffic.Request{Method: "POST", URL: fmt.Sprintf("https://app.example/s%c/do?k=v", 'a'+i)}, Response: &traffic.Response{Status: 200}}
		for place := range takers {
			if from, ok := s.take[place]; ok {
				takers[place](&x.Request, secrets[from])
			}
		}
		givers[s.give](x.Response, secrets[i])
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

func textOf(r *traffic.Request) string {
	body, _ := r.Body.Bytes(0)
	return fmt.Sprint(r.Method, " ", r.URL, " ", r.Header, "\n", string(body))
}
