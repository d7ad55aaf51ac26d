package policy_test

import (
	"fmt"
	"time"

	"github.com/replaydiff/replay/scenarios/policy"
)

func ExampleJudge() {
	client := flow(0, login(0), orders(time.Minute, access1, 200), refresh(58*time.Minute, renew1, access2, renew2), orders(59*time.Minute, access2, 200))
	for _, b := range policy.Judge(client, policy.Rules{}).Breaches {
		fmt.Printf("entry %d: %s\n%s\n%s\n", b.Entry, b.Said, b.Rule.Means(), b.Rule.Advice()[0].Text)
	}
	// Output:
	// entry 2: refreshed after 97 % of 60 min, 2 min before its end
	// The client refreshes its token when it is nearly or wholly over: a clock that differs, a slow answer, and the call is refused.
	// Refresh at 70–80 % of the lifetime, by a timer that starts when the token comes.
}
