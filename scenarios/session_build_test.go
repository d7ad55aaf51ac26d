package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// Clients of the flows below.
const (
	asChromium = "> User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36\n"
	asFirefox  = "> User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0\n"
	asCurl     = "> User-Agent: curl/8.9.1\n"
	asVisit    = "> Sec-Fetch-Site: same-origin\n> Sec-Fetch-Mode: navigate\n> Sec-Fetch-Dest: document\n"
	asCall     = "> Sec-Fetch-Site: same-origin\n> Sec-Fetch-Mode: cors\n> Sec-Fetch-Dest: empty\n"
)

// written reads a flow that is written down: exchanges apart by an empty line,
// each a request line, "> field", ">> body", "< status", "< field", "<< body".
// "@ 40m" moves the clock on.
func written(t *testing.T, text string) *traffic.Capture {
	t.Helper()
	c := &traffic.Capture{File: "flow", Format: traffic.HAR}
	at := time.Date(2026, 5, 4, 8, 30, 0, 0, time.UTC)
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		x := &traffic.Exchange{Index: len(c.Exchanges), Recorded: traffic.Recorded{Millis: 20}}
		for line := range strings.SplitSeq(strings.TrimSpace(block), "\n") {
			line = strings.TrimSpace(line)
			if wait, ok := strings.CutPrefix(line, "@ "); ok {
				d, err := time.ParseDuration(wait)
				if err != nil {
					t.Fatal(err)
				}
				at = at.Add(d)
				continue
			}
			if err := writtenLine(x, line); err != nil {
				t.Fatalf("%v in %q", err, line)
			}
		}
		x.Recorded.Started = traffic.Timestamp{Time: at, Text: at.Format(time.RFC3339)}
		at = at.Add(time.Second)
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

func writtenLine(x *traffic.Exchange, line string) error {
	mark, rest, _ := strings.Cut(line, " ")
	name, value, field := strings.Cut(rest, ": ")
	switch {
	case mark == ">>":
		x.Request.Body = traffic.NewBody(x.Request.Header.Get("content-type"), []byte(rest))
	case mark == "<<":
		x.Response.Body = traffic.NewBody(x.Response.Header.Get("content-type"), []byte(rest))
	case mark == ">":
		x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: name, Value: value})
	case mark == "<" && field:
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: name, Value: value})
	case mark == "<":
		status, err := strconv.Atoi(rest)
		x.Response = &traffic.Response{Status: status}
		return err
	case x.Request.URL == "":
		x.Request.Method, x.Request.URL = mark, rest
	default:
		return fmt.Errorf("no part of an exchange")
	}
	return nil
}

// A causeFlow is a pair of flows, or a failing one alone, and whether a cause
// may be named for it.
type causeFlow struct {
	reason  string
	ok, bad string
	found   bool
	entry   int // where the best evidence points; looked at where found
}

// checkCause runs the detector of a cause over flows.
func checkCause(t *testing.T, c *Cause, rows []causeFlow) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			ok := &traffic.Capture{}
			if row.ok != "" {
				ok = written(t, row.ok)
			}
			v := newView(diff.Compare(ok, written(t, row.bad), diff.Options{}))
			if v == nil {
				t.Fatal("nothing fails in this flow")
			}
			evidence := c.Detect(v)
			if got := convinces(evidence); got != row.found {
				t.Fatalf("found = %v, want %v\n%s", got, row.found, notesOf(evidence))
			}
			if row.found && bestOf(evidence).Entry != row.entry {
				t.Errorf("the best evidence is of entry %d, want %d\n%s", bestOf(evidence).Entry, row.entry, notesOf(evidence))
			}
			for _, e := range evidence {
				if e.Note == "" || e.Source == "" || e.Side == "" {
					t.Errorf("evidence without a note, a source or a side: %+v", e)
				}
			}
		})
	}
}

// convinces tells whether evidence is good enough to name the cause: decisive or
// twice strong, counter-evidence taken off, and no veto.
func convinces(evidence []Evidence) bool {
	weight := 0
	for _, e := range evidence {
		switch e.Strength {
		case RulesOut:
			return false
		case Decisive:
			weight += 2
		case Strong:
			weight++
		case Against:
			weight--
		}
	}
	return weight >= 2
}

func bestOf(evidence []Evidence) Evidence {
	top := evidence[0]
	for _, e := range evidence {
		if e.Speaks() && (e.Strength > top.Strength || !top.Speaks()) {
			top = e
		}
	}
	return top
}

func notesOf(evidence []Evidence) string {
	var b strings.Builder
	for _, e := range evidence {
		fmt.Fprintf(&b, "%d %s %s %d %s: %s\n", e.Strength, e.Source, e.Side, e.Entry, e.At.Path(), e.Note)
	}
	return b.String()
}

// signIn is a form, the cookie that it sets, and a page that sends it or not.
func signIn(set, page string) string {
	return "POST https://desk.alder.example/signin\n" + asChromium + asVisit +
		"> Origin: https://desk.alder.example\n> Content-Type: application/x-www-form-urlencoded\n>> user=ida&password=x\n" +
		"< 303\n< Location: /inbox\n" + set + "\n" + page
}

const (
	inboxPage  = "GET https://desk.alder.example/inbox\n" + asChromium + asVisit + "> Referer: https://desk.alder.example/signin\n"
	cookieKept = "> Cookie: desk_session=8fK2xQ91mZpL7vTb\n< 200\n< Content-Type: text/html\n<< <p>mail"
	turnedAway = "< 302\n< Location: /signin?next=%2Finbox"
	goodLine   = "< Set-Cookie: desk_session=8fK2xQ91mZpL7vTb; Path=/; Secure; HttpOnly; SameSite=Lax\n"
)

const csrfPage = "GET https://desk.alder.example/form\n" + asChromium + asVisit
