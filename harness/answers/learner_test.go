package answers

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLearner(t *testing.T) {
	const head = "200\nContent-Type: application/json\n\n"
	const page = "200\nContent-Type: text/html\n\n"
	for _, tt := range []struct {
		reason             string
		again, still       string // two answers of one target
		recorded, live     string
		before, afterwards string // what matters
	}{
		{"a number that differs from itself", head + `{"queue":3}`, head + `{"queue":5}`, head + `{"queue":9}`, head + `{"queue":1}`, "~body/queue", ""},
		{"its absence was not learnt", head + `{"queue":3}`, head + `{"queue":5}`, head + `{"queue":9}`, head + `{}`, "-body/queue", "-body/queue"},
		{"nor another type", head + `{"queue":3}`, head + `{"queue":5}`, head + `{"queue":9}`, head + `{"queue":"9"}`, "~body/queue", "~body/queue"},
		{"a member that comes and goes", head + `{"a":1,"hint":2}`, head + `{"a":1}`, head + `{"a":1}`, head + `{"a":1,"hint":5}`, "+body/hint", ""},
		{"its values were not learnt", head + `{"a":1,"hint":2}`, head + `{"a":1}`, head + `{"hint":1}`, head + `{"hint":5}`, "~body/hint", "~body/hint"},
		{"the length of a list", head + `{"l":["a"]}`, head + `{"l":["a","b"]}`, head + `{"l":["a"]}`, head + `{"l":["a","c","d"]}`, "+body/l/1 +body/l/2", ""},
		{"in every element of a list", head + `[{"n":1},{"n":2}]`, head + `[{"n":1},{"n":3}]`, head + `[{"n":1},{"n":2}]`, head + `[{"n":7},{"n":2}]`, "~body/0/n", ""},
		{"a header", "200\nX-Shelf: left", "200\nX-Shelf: right", "200\nX-Shelf: left", "200\nX-Shelf: top", "~header.x-shelf", ""},
		{"a status that flaps", "200", "503", "200", "503", "~status", "~status"},
		{"a cookie that is set now and then", "200\nSet-Cookie: desk=1", "200", "200\nSet-Cookie: desk=1", "200", "-set-cookie.desk", "-set-cookie.desk"},
		{"a role", head + `{"role":"reader"}`, head + `{"role":"guest"}`, head + `{"role":"reader"}`, head + `{"role":"guest"}`, "~body/role", "~body/role"},
		{"a protection", "200\nX-Frame-Options: DENY", "200", "200\nX-Frame-Options: DENY", "200", "-header.x-frame-options", "-header.x-frame-options"},
		{"a number in a page", page + "<p>17 readers</p>", page + "<p>18 readers</p>", page + "<p>5 readers</p>", page + "<p>99 readers</p>", "~body.1", ""},
		{"which is no word", page + "<p>17 readers</p>", page + "<p>18 readers</p>", page + "<p>5 readers</p>", page + "<p>no readers</p>", "~body.1", "~body.1"},
		{"nor another line", page + "<p>17 readers</p>", page + "<p>18 readers</p>", page + "<p>5 writers</p>", page + "<p>6 writers</p>", "~body.1", "~body.1"},
		{"a line that comes and goes", page + "<p>a</p>\n<p>Sale!</p>\n", page + "<p>a</p>\n", page + "<p>a</p>\n", page + "<p>a</p>\n<p>Sale!</p>\n", "+body.2", ""},
	} {
		var l Learner
		const template = "GET /shelf"
		l.Learn(template, exchange(template, tt.again, today), exchange(template, tt.still, today))
		changes := Differences(exchange(template, tt.recorded, yesterday), exchange(template, tt.live, today), nil)
		checkMatter(t, tt.reason+", before", changes, tt.before)
		other := l.Judge("GET /other", append(changes[:0:0], changes...))
		checkMatter(t, tt.reason+", of another request", other, tt.before)
		checkMatter(t, tt.reason, l.Judge(template, changes), tt.afterwards)
	}
}

// What is never noise may still be another value in each answer.
func TestLearnerVaries(t *testing.T) {
	var l Learner
	l.Learn("POST /loans", exchange("POST /loans", "201\nLocation: /loans/a\nVary: Origin", yesterday), exchange("POST /loans", "201\nLocation: /loans/b\nVary: Origin", today))
	for _, tt := range []struct {
		reason, template, field string
		want                    bool
	}{
		{"where the new thing is", "POST /loans", "response.header.location", true},
		{"the same in both", "POST /loans", "response.header.vary", false},
		{"of another request", "GET /loans", "response.header.location", false},
	} {
		if got := l.Varies(tt.template, tt.field); got != tt.want {
			t.Errorf("%s: %v", tt.reason, got)
		}
	}
}

func TestLearntCounts(t *testing.T) {
	var l Learner
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			answer := func(n int) string {
				return fmt.Sprintf("200\nContent-Type: application/json\n\n{\"a\":%d,\"b\":[%d]}", n, n/15)
			}
			l.Learn("GET /n", exchange("GET /n", answer(i), today), exchange("GET /n", answer(i+1), today))
			l.Judge("GET /n", nil)
		})
	}
	wait.Wait()
	want := []Learnt{{"GET /n", "response.body/a", Value, 20, 20}, {"GET /n", "response.body/b/{}", Value, 1, 20}}
	if d := cmp.Diff(want, l.Learnt()); d != "" {
		t.Error(d)
	}
}
