package isolate

import (
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// FuzzApply: what differs in two requests from anywhere can be put into the one,
// all of it and each part alone; all of it makes the other.
func FuzzApply(f *testing.F) {
	for _, seed := range [][3]string{
		{"GET https://a.example/x\nCookie: a=1; b=2\nAuthorization: Bearer " + sid1, "GET https://a.example/y?z=1\nAuthorization: " + sid1, "GET https://a.example/x\nCookie: a=3\nAuthorization: Bearer " + sid2},
		{"POST https://a.example/x?a=1#f\nContent-Type: application/json\n\n{\"a\":[1,2]}", "POST https://b.example/x#f\nContent-Type: text/plain\n\nplain", "POST https://a.example/x?\n\n"},
		{"GET /relative?#", "GET https://a.example?\nCookie: ", "\nCookie: replay-isolate="},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, ok, bad, asked string) {
		if len(ok)+len(bad)+len(asked) > 1<<12 || strings.Contains(ok+bad+asked, marker) && len(ok) > 200 {
			t.Skip()
		}
		x, y := exchange(ok, "200"), exchange(bad, "401")
		d := &Differences{ok: map[int]*traffic.Request{}, bad: map[int]*traffic.Request{}}
		d.add(Entry{}, x, y, nil)
		recorded := plain(&x.Request)
		all, err := d.Apply(0, recorded, rangeOf(len(d.Parts)))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range changes(unmarked(all), unmarked(plain(&y.Request))) {
			if placeOf(e) != "" && !strings.Contains(ok+bad, marker) {
				t.Fatalf("%s is left of all changes: %q, %q", e.Path(), e.Old, e.New)
			}
		}
		today := &exchange(asked, "200").Request
		for i := range d.Parts {
			for _, r := range []*traffic.Request{recorded, today} {
				if _, err := d.Apply(0, r, []int{i}); err != nil {
					t.Fatalf("%s: %v", d.Parts[i].Place, err)
				}
			}
		}
	})
}
