package shown_test

import (
	"fmt"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/shown"
)

func ExampleDoor() {
	answer := func(line string) *traffic.Exchange {
		return &traffic.Exchange{Response: &traffic.Response{Status: 200, Header: traffic.Header{{Name: "Set-Cookie", Value: line}}}}
	}
	ok, bad := answer("sid=a90b77c1d2e3f405; SameSite=Lax"), answer("sid=4f1c9e77aa01b7d2; SameSite=None")
	door := shown.PairDoor(new(mask.Masker), ok, bad)
	for _, e := range diff.Between(ok, bad) {
		old, new := door.Values(e)
		fmt.Printf("%s: %s → %s\n", door.Path(e), old, new)
	}
	// Output:
	// response.set-cookie.sid.value: ‹session 1› → ‹session 2›
	// response.set-cookie.sid.samesite: Lax → None
}
