package specs_test

import (
	"fmt"
	"strings"

	"github.com/onsi/gomega"

	. "github.com/replaydiff/replay/harness/specs"
)

// What somebody reads whose client fails of another cause than the test says.
func ExampleHaveCause() {
	g := gomega.NewGomega(func(message string, _ ...int) {
		head, _, _ := strings.Cut(message, "\n")
		fmt.Println(head)
	})
	g.Expect("testdata/bad.har").To(HaveCause("expired-token").Against("testdata/ok.har"))
	g.Expect("testdata/bad.har").To(HaveCause("missing-bearer-prefix").Against("testdata/ok.har"))
	// Output:
	// Expected testdata/bad.har, beside testdata/ok.har, to fail of missing-bearer-prefix, but the cause is expired-token (certain, 0.99); nothing speaks for missing-bearer-prefix
}

func ExampleDifferFrom() {
	g := gomega.NewGomega(func(message string, _ ...int) { fmt.Println(message) })
	g.Expect("testdata/bad.har").To(DifferFrom("testdata/ok.har").OnlyIn("request.header.authorization", "response"))
	g.Expect("testdata/ok.har").NotTo(DifferFrom("testdata/ok.har"))
	// Output:
}
