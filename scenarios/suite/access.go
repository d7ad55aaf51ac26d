package suite

import (
	"net/netip"
	"strconv"
)

// WAFBlocked sends a parameter that looks like an attack.
func WAFBlocked() Scenario {
	return scenario("waf-blocked")
}

// BotChallenge comes as that User-Agent, without the cookie of a passed challenge; "" is a
// headless browser.
func BotChallenge(agent string) Scenario {
	return scenario("bot-challenge", "agent", agent)
}

// IPNotAllowed comes from that address, for servers that believe X-Forwarded-For.
func IPNotAllowed(address netip.Addr) Scenario {
	return scenario("ip-not-allowed", "address", address.String())
}

// GeoBlocked comes from that country, for servers that believe what edges tell them.
func GeoBlocked(country string) Scenario {
	return scenario("geo-blocked", "country", country)
}

// ClientRejected comes as that User-Agent; "" is an old version of the app.
func ClientRejected(agent string) Scenario {
	return scenario("client-rejected", "agent", agent)
}

// RateLimited sends the request that often at once, 200 times at most.
func RateLimited(requests int) Scenario {
	return scenario("rate-limited", "requests", strconv.Itoa(requests))
}
