package answers

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// Two days: when the answers of tests were recorded, and when they came live.
var (
	yesterday = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	today     = time.Date(2026, 11, 23, 16, 5, 12, 0, time.UTC)
)

// exchange reads an answer as it is written in tests: the status, header lines,
// an empty line, the body. {now}, {http}, {epoch} and {+1h} are times as seen
// from it.
func exchange(request, answer string, at time.Time) *traffic.Exchange {
	method, url, _ := strings.Cut(request, " ")
	if strings.HasPrefix(url, "/") {
		url = "https://library.example" + url
	}
	answer = strings.NewReplacer(
		"{now}", at.Format(time.RFC3339), "{http}", at.Format("Mon, 02 Jan 2006 15:04:05 GMT"), "{epoch}", strconv.FormatInt(at.Unix(), 10),
		"{+1h}", at.Add(time.Hour).Format(time.RFC3339), "{http+1h}", at.Add(time.Hour).Format("Mon, 02 Jan 2006 15:04:05 GMT"),
		"{epoch+1h}", strconv.FormatInt(at.Add(time.Hour).Unix(), 10), "{day}", at.Format(time.DateOnly), "{long}", at.Format("Monday, January 2, 2006"),
		"{clock}", at.Format("15:04"), "{ampm}", at.Format("3:04 PM"),
	).Replace(answer)
	head, body, _ := strings.Cut(answer, "\n\n")
	lines := strings.Split(head, "\n")
	status, err := strconv.Atoi(lines[0])
	if err != nil {
		panic(fmt.Sprintf("%q is no status", lines[0]))
	}
	r := &traffic.Response{Status: status, Proto: "HTTP/1.1"}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		r.Header = append(r.Header, traffic.HeaderField{Name: name, Value: value})
	}
	if !r.Header.Has("date") {
		r.Header = append(r.Header, traffic.HeaderField{Name: "Date", Value: at.Format("Mon, 02 Jan 2006 15:04:05 GMT")})
	}
	r.Body = traffic.NewBody(r.Header.Get("content-type"), []byte(body))
	return &traffic.Exchange{
		Request:  traffic.Request{Method: method, URL: url},
		Response: r,
		Recorded: traffic.Recorded{Started: traffic.Timestamp{Time: at, Text: at.Format(time.RFC3339)}},
	}
}

// matter are the paths of the changes that matter, with a sign for what they
// are: "-lost", "+gained", "~changed".
func matter(changes []diff.Change) string {
	var list []string
	for _, c := range changes {
		if c.Noise != "" {
			continue
		}
		sign := map[string]string{"add": "+", "remove": "-", "replace": "~"}[string(c.Op)]
		list = append(list, sign+strings.TrimPrefix(c.Path(), "response."))
	}
	return strings.Join(list, " ")
}

// explained are all changes with their reasons, for messages of tests.
func explained(changes []diff.Change) string {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "\n  %s %s %q → %q (%s)", c.Op, c.Path(), c.Old, c.New, c.Noise)
	}
	return b.String()
}

func checkMatter(t *testing.T, reason string, changes []diff.Change, want string) {
	t.Helper()
	if got := matter(changes); got != want {
		t.Errorf("%s:\n got %q\nwant %q%s", reason, got, want, explained(changes))
	}
}
