package diff_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// curl reads curl lines, as the simplest captures there are.
func curl(lines string) *traffic.Capture {
	c, err := traffic.Read(strings.NewReader(lines), "example", traffic.Options{})
	if err != nil {
		panic(err)
	}
	return c
}

func ExampleCompare() {
	ok := curl(`curl https://api.loom.test/v1/patterns -H 'Authorization: Bearer abc' -H 'X-Request-Id: 1'`)
	bad := curl(`curl https://api.loom.test/v1/patterns -H 'Authorization: abc' -H 'X-Request-Id: 2'`)
	c := diff.Compare(ok, bad, diff.Options{})
	for _, change := range c.Pairs[c.First].Changes() {
		fmt.Printf("%s %s %q\n", change.Op, change.Path(), change.Noise)
	}
	// Output:
	// remove request.header.authorization.scheme ""
	// replace request.header.x-request-id "tracing id"
}

// Any part of what changed can be put into the working request, alone.
func ExampleApply() {
	ok := curl(`curl 'https://api.loom.test/v1/patterns?page=1' -H 'Cookie: sid=1; theme=dark'`).Exchanges[0]
	bad := curl(`curl 'https://api.loom.test/v2/patterns?page=2' -H 'Cookie: theme=dark'`).Exchanges[0]
	for _, edit := range diff.Between(ok, bad) {
		one, err := diff.Apply(ok, []diff.Edit{edit})
		if err != nil {
			panic(err)
		}
		fmt.Println(edit.Path(), "gives", one.Request.URL, one.Request.Header.Get("Cookie"))
	}
	// Output:
	// request.path[0] gives https://api.loom.test/v2/patterns?page=1 sid=1; theme=dark
	// request.query.page gives https://api.loom.test/v1/patterns?page=2 sid=1; theme=dark
	// request.cookie.sid gives https://api.loom.test/v1/patterns?page=1 theme=dark
}

// The wrong way: edits are in the coordinates of the exchange that they were
// made for, and no other.
func ExampleApply_wrong() {
	one := curl(`curl 'https://api.loom.test/patterns?page=1&sort=name'`).Exchanges[0]
	two := curl(`curl 'https://api.loom.test/patterns?page=1&sort=age'`).Exchanges[0]
	other := curl(`curl 'https://api.loom.test/threads?page=1'`).Exchanges[0]
	_, err := diff.Apply(other, diff.Between(one, two))
	fmt.Println(errors.Is(err, diff.ErrEdit), err)
	// Output:
	// true edit does not fit the exchange: edit does not fit the original: replace at ["url" "query" "sort"]
}

func ExampleIgnore() {
	ignore := diff.Ignore{"request.header.x-*", "response.body/meta/**", "header.date"}
	fmt.Println(ignore.Check())
	fmt.Println(ignore.Match("response.body/meta/build/id"))
	// Output:
	// malformed pattern "header.date": it begins with request., response. or recorder., as paths do in --format json
	// response.body/meta/** true
}
