package diff

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// Bounds of a retry.
const (
	retryWindow   = 64 // entries until the next attempt
	retryAttempts = 4  // NTLM needs three
)

// recovered returns the exchange that made a failed one good: the same
// request, right after, with success. It is -1 where there is none.
func recovered(xs []*traffic.Exchange, i int) int {
	for range retryAttempts {
		i = retried(xs, i)
		if i < 0 || OutcomeOf(xs[i]).succeeded() {
			return i
		}
	}
	return -1
}

func retried(xs []*traffic.Exchange, i int) int {
	r := &xs[i].Request
	for j := i + 1; j < len(xs) && j <= i+retryWindow; j++ {
		if s := &xs[j].Request; s.URL == r.URL && s.Method == r.Method {
			return j
		}
	}
	return -1
}

// answeredChallenge tells whether a 401 or 407 was the first half of an
// exchange that went well: Digest, NTLM and Negotiate need it (RFC 7616,
// RFC 4559), and so does a token that is refreshed when it is refused. The
// second half carries other credentials than the first, or answers a scheme
// that always asks first.
func answeredChallenge(xs []*traffic.Exchange, i int) bool {
	response := xs[i].Response
	if response == nil || response.Status != 401 && response.Status != 407 {
		return false
	}
	j := recovered(xs, i)
	if j < 0 {
		return false
	}
	for _, name := range []string{"WWW-Authenticate", "Proxy-Authenticate"} {
		for _, f := range response.Header.All(name) {
			if hasFold(f.Value, "Digest") || hasFold(f.Value, "NTLM") || hasFold(f.Value, "Negotiate") {
				return true
			}
		}
	}
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie"} {
		if strings.Join(xs[i].Request.Header.Values(name), "\n") != strings.Join(xs[j].Request.Header.Values(name), "\n") {
			return true
		}
	}
	return false
}

// passedChallenge tells whether a 401 or 407 was answered by other credentials,
// and what came then was no challenge: good or bad, that is the answer.
func passedChallenge(xs []*traffic.Exchange, i int) bool {
	last := i
	for range retryAttempts {
		if !challenges(xs[last]) {
			return last != i && xs[last].Response != nil && xs[last].Response.Status > 0
		}
		next := retried(xs, last)
		if next < 0 || sentCredentials(&xs[next].Request) == sentCredentials(&xs[last].Request) {
			return false
		}
		last = next
	}
	return false
}

func challenges(x *traffic.Exchange) bool {
	return x.Response != nil && (x.Response.Status == 401 || x.Response.Status == 407)
}
