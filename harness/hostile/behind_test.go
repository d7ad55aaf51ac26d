package hostile

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// An origin writes the two captures of a pair: what differs in the second one
// is that it fails.
type pairOf func(bad bool) string

// A pair of captures that read well, and what stands behind reading has much
// to do with.
type pair struct {
	name, reason string // with the race detector it is a tenth of what the name says
	capture      pairOf
	memory       uint64 // 0: 1 GiB
}

// message is an entry; bad ones are refused.
func message(bad bool, url, requestMembers, responseMembers string) string {
	status := "200"
	if bad {
		status = "401"
	}
	if !strings.Contains(requestMembers, `"headers"`) {
		requestMembers += `,"headers":[["Authorization","Bearer ` + canary + `"]]`
	}
	if !strings.Contains(responseMembers, `"headers"`) {
		responseMembers += `,"headers":[["Content-Type","application/json"]]`
	}
	return `{"startedDateTime":"2026-11-24T10:00:00Z","request":{"method":"POST","url":"` + url + `"` + requestMembers + `},"response":{"status":` + status + responseMembers + `}}`
}

func jsonBody(text string) string {
	return `,"content":{"mimeType":"application/json","text":` + escaped(text) + `}`
}

func escaped(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", `\r`, "\n", `\n`).Replace(text) + `"`
}

func ending(bad bool, text string) string {
	if bad {
		return strings.Replace(text, "first", "other", 1)
	}
	return text
}

func TestBehindReading(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	const url = "https://a.test/api/orders"
	rep := strings.Repeat
	body := func(text string) pairOf {
		return func(bad bool) string { return entry(message(bad, url, "", jsonBody(ending(bad, text)))) }
	}
	headers := func(h string) pairOf {
		return func(bad bool) string { return entry(message(bad, url, "", `,"headers":[`+ending(bad, h)+`]`)) }
	}
	many := func(n int, one func(i int, bad bool) string) pairOf {
		return func(bad bool) string {
			entries := make([]string, n/slow)
			for i := range entries {
				entries[i] = one(i, bad)
			}
			return entry(strings.Join(entries, ","))
		}
	}
	for _, p := range []pair{
		{"a body of 16 MiB without a break", "one line, one string", body(`{"a":"first` + rep("x", 15<<20/slow) + `"}`), 2 << 30},
		{"a body of a mebibyte without a break", "just within what is taken apart", body(`{"a":"first` + rep("x", 1<<20-100) + `"}`), 0},
		{"a body of words", "all of it may be a secret", body(`{"a":"first ` + rep(canary+" ", 50_000/slow) + `"}`), 2 << 30},
		{"100,000 keys", "each is compared, named, and masked", body(`{"first":1,` + numbered(60_000/slow, `"k%d":%d`) + `}`), 0},
		{"a million keys", "more than is taken apart", body(`{"first":1,` + numbered(1_000_000/slow, `"k%d":1`) + `}`), 4 << 30},
		{"the same key again", "an object of one name", body(`{"first":1,` + list(100_000/slow, `"k":1`) + `}`), 0},
		{"all keys are others", "nothing is matched", func(bad bool) string {
			return entry(message(bad, url, "", jsonBody(`{`+numbered(50_000/slow, fmt.Sprintf(`"%v%%d":1`, bad))+`}`)))
		}, 0},
		{"a list in another order", "the matching of moved elements", func(bad bool) string {
			items := strings.Split(numbered(60_000/slow, "%d"), ",")
			if bad {
				for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
					items[i], items[j] = items[j], items[i]
				}
			}
			return entry(message(bad, url, "", jsonBody("["+strings.Join(items, ",")+"]")))
		}, 0},
		{"deep", "10,000 levels are what the parser takes", body(nested(`{"a":`, "}", 9_990) + "first"), 0},
		{"deep lists", "as deep as a capture may hold", body(nested("[", "]", 9_990)), 0},
		{"deep on both sides, and different", "each level is a comparison", func(bad bool) string {
			return entry(message(bad, url, "", jsonBody(rep(`{"a":`, 9_000)+fmt.Sprint(bad)+rep("}", 9_000))))
		}, 4 << 30},
		{"deep and long", "each level has all that is below it", func(bad bool) string {
			return entry(message(bad, url, "", jsonBody(rep(`{"`+rep("a", 80)+`":`, 9_000)+fmt.Sprint(bad)+rep("}", 9_000))))
		}, 4 << 30},
		{"lines", "half a million of them", body("first\n" + rep("a\n", 500_000/slow)), 0},
		{"lines that are others", "nothing is matched", func(bad bool) string {
			return entry(message(bad, url, "", `,"content":{"mimeType":"text/plain","text":`+escaped(strings.ReplaceAll(numbered(100_000/slow, fmt.Sprintf("%v%%d", bad)), ",", "\n"))+`}`))
		}, 0},
		{"50,000 headers", "of other names", headers(`["first","1"],` + numbered(50_000/slow, `["x-%d","1"]`)), 0},
		{"50,000 headers of one name", "a list", headers(`["first","1"],` + list(50_000/slow, `["x-a","1"]`)), 0},
		{"50,000 headers that are others", "nothing is matched", func(bad bool) string {
			return entry(message(bad, url, "", `,"headers":[`+numbered(50_000/slow, fmt.Sprintf(`["x-%v-%%d","1"]`, bad))+`]`))
		}, 0},
		{"20,000 cookies are set", "a jar keeps some of them", headers(`["first","1"],` + numbered(20_000/slow, `["Set-Cookie","c%d=`+canary+`; Path=/"]`)), 0},
		{"20,000 cookies are sent", "each is masked by itself", func(bad bool) string {
			return entry(message(bad, url, `,"headers":[["Cookie","`+ending(bad, "first=1; ")+strings.ReplaceAll(numbered(20_000/slow, "c%d="+canary), ",", "; ")+`"]]`, ""))
		}, 0},
		{"100,000 parameters", "of a query and of a form", func(bad bool) string {
			q := ending(bad, "first=1&") + strings.ReplaceAll(numbered(30_000/slow, "p%d=1"), ",", "&")
			return entry(message(bad, url+"?"+q, `,"postData":{"mimeType":"application/x-www-form-urlencoded","text":"`+q+`"}`, ""))
		}, 2 << 30},
		{"tokens by the 100,000", "each is looked into, and has a mark", body(`["first",` + list(20_000/slow, quoted(jwtOf(`{"alg":"none"}`, `{"sub":"a"}`))) + `]`), 4 << 30},
		{"what only looks like tokens", "each is begun to be read", body(`["first","` + rep("eyJ.eyJ.", 100_000/slow) + `"]`), 2 << 30},
		{"other tokens each", "each is learnt, and looked for everywhere", func(bad bool) string {
			var tokens []string
			for i := range 5_000 / slow {
				tokens = append(tokens, quoted(jwtOf(`{"alg":"none"}`, fmt.Sprintf(`{"sub":"%d"}`, i))))
			}
			return entry(message(bad, url, "", jsonBody(ending(bad, `{"first":1,"access_token":[`+strings.Join(tokens, ",")+`]}`))))
		}, 4 << 30},
		{"20,000 secrets", "each is looked for everywhere", body(`{"first":1,` + numbered(20_000/slow, `"password%d":"`+canary+`%d"`) + `}`), 4 << 30},
		{"multipart in multipart", "parts have parts", func(bad bool) string {
			text := ending(bad, "first")
			for i := range 200 {
				text = fmt.Sprintf("--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n%s\r\n--b%d--\r\n", i, i-1, text, i)
			}
			return entry(message(bad, url, `,"postData":{"mimeType":"multipart/form-data; boundary=b199","text":`+escaped(text)+`}`, ""))
		}, 2 << 30},
		{"10,000 parts", "of one form", func(bad bool) string {
			return entry(message(bad, url, `,"postData":{"mimeType":"multipart/form-data; boundary=b","text":`+escaped(rep("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"+ending(bad, "first")+"\r\n", 10_000/slow)+"--b--\r\n")+`}`, ""))
		}, 2 << 30},
		{"20,000 entries with one URL", "retries, polling: all may be pairs of all", many(20_000, func(i int, bad bool) string { return message(bad && i%2 == 0, url, "", "") }), 4 << 30},
		{"20,000 entries that are the same", "and none of them fails", many(20_000, func(int, bool) string { return message(false, url, "", "") }), 4 << 30},
		{"20,000 entries that all fail", "each may be the first", many(20_000, func(_ int, bad bool) string { return message(bad, url, "", "") }), 4 << 30},
		{"20,000 entries of other paths", "none is a pair by its name", many(20_000, func(i int, bad bool) string {
			return message(bad && i == 7, fmt.Sprintf("https://a.test/p%v%d/x", bad, i), "", "")
		}), 4 << 30},
		{"20,000 entries in another order", "pairs are where they are not looked for first", many(20_000, func(i int, bad bool) string {
			if bad {
				i = 20_000 - i
			}
			return message(false, fmt.Sprintf("https://a.test/things/%d?x=%d", i, i), "", "")
		}), 4 << 30},
		{"5,000 hosts", "each is an origin", many(5_000, func(i int, bad bool) string {
			return message(bad, fmt.Sprintf("https://h%d.test/", i), "", "")
		}), 4 << 30},
		{"a URL of a megabyte", "templates, pairs and marks of it", func(bad bool) string {
			return entry(message(bad, url+"/"+rep("a/", 200_000/slow)+ending(bad, "first"), "", ""))
		}, 2 << 30},
		{"redirects in a circle", "each leads to the next, the last to the first", many(5_000, func(i int, bad bool) string {
			return `{"request":{"method":"GET","url":"https://a.test/r` + number(i%10) + `","headers":[]},"response":{"status":302,"headers":[["Location","/r` + number((i+1)%10) + `"],["Set-Cookie","a=` + canary + `; Path=/"]]}}`
		}), 4 << 30},
		{"a session of 5,000 cookies", "each answer sets one, each request sends it back", many(5_000, func(i int, bad bool) string {
			return `{"request":{"method":"GET","url":"https://a.test/x","headers":[["Cookie","s=` + number(max(i-1, 0)) + canary + `"]]},"response":{"status":` + map[bool]string{true: "401", false: "200"}[bad && i > 4000/slow] + `,"headers":[["Set-Cookie","s=` + number(i) + canary + `; Path=/"]]}}`
		}), 4 << 30},
		{"challenges", "100,000 parameters of one", func(bad bool) string {
			return entry(message(bad, url, "", `,"headers":[["WWW-Authenticate","Bearer `+strings.ReplaceAll(list(50_000/slow, `a="b"`), `"`, `\"`)+`"]]`))
		}, 2 << 30},
	} {
		t.Run(p.name, func(t *testing.T) { p.check(t) })
	}
}

// numbered is n items with their numbers in them.
func numbered(n int, item string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strings.ReplaceAll(item, "%d", number(i)))
	}
	return b.String()
}

func (p pair) check(t *testing.T) {
	t.Helper()
	okText, badText := p.capture(false), p.capture(true)
	read := func(text string) *traffic.Capture {
		c, err := traffic.Read(bytes.NewReader([]byte(text)), "in", traffic.Options{})
		if err != nil {
			t.Fatalf("%v (%s)", err, p.reason)
		}
		t.Cleanup(func() { c.Close() })
		if len(c.Exchanges) == 0 {
			t.Fatal("no entry")
		}
		return c
	}
	ok, bad := read(okText), read(badText)
	var err error
	took := measure(t, func() { err = walk(ok, bad) })
	if err != nil && strings.Contains(err.Error(), "kan4rien") {
		t.Errorf("a message repeats what the input holds: %.300v (%s)", err, p.reason)
	}
	r := row{reason: p.reason, memory: max(p.memory, 1<<30), time: 20 * time.Second / slow} // a tenth that takes ten times as long
	t.Logf("%d bytes: %s, %.1f MiB allocated, %.1f MiB at most", len(okText)+len(badText), took.cpu, mib(took.allocated), mib(took.peak))
	r.bound(t, took, 0)
}
