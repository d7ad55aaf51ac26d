package diff

import "strings"

// cookieNoise says why a cookie's value does not matter. Cookie names have
// case (RFC 6265 section 5.6.3); the families here are told without it, as
// their makers are not constant. A name that also speaks of a session or a
// token always matters.
func cookieNoise(name string) Noise {
	lowered := strings.ToLower(name)
	if noise, known := knownCookies[lowered]; known {
		return noise
	}
	for _, f := range cookieFamilies {
		if strings.HasPrefix(lowered, f.prefix) {
			if !f.sessions && namesSession(name[len(f.prefix):]) {
				return ""
			}
			return f.noise
		}
	}
	return ""
}

var knownCookies = map[string]Noise{
	"_ga": noiseAnalytics, "_gid": noiseAnalytics, "_gat": noiseAnalytics, "_fbp": noiseAnalytics, "_fbc": noiseAnalytics,
	"_clck": noiseAnalytics, "_clsk": noiseAnalytics, "_dd_s": noiseAnalytics,
	"optanonconsent": noiseConsent, "optanonalertboxclosed": noiseConsent, "cookieconsent": noiseConsent,
	"awsalb": noiseNode, "awsalbcors": noiseNode, "awsalbtg": noiseNode, "awsalbtgcors": noiseNode, "awselb": noiseNode,
	"awselbcors": noiseNode, "serverid": noiseNode, "route": noiseNode, "arraffinity": noiseNode, "arraffinitysamesite": noiseNode,
	"__cf_bm": noiseBot, "_cfuvid": noiseBot, "ak_bmsc": noiseBot,
}

// cookieFamilies are prefixes that vendors own. AWSELBAuthSessionCookie is
// a session, so AWSELB is no family.
var cookieFamilies = []struct {
	prefix   string
	noise    Noise
	sessions bool // the vendor calls a visit a session
}{
	{"_ga_", noiseAnalytics, false}, {"_gat_", noiseAnalytics, false}, {"_gac_", noiseAnalytics, false},
	{"_gcl_", noiseAnalytics, false}, {"_uet", noiseAnalytics, false}, {"_hj", noiseAnalytics, true},
	{"__utm", noiseAnalytics, false}, {"ajs_", noiseAnalytics, false}, {"amplitude_", noiseAnalytics, false},
	{"mp_", noiseAnalytics, false}, {"optimizely", noiseAnalytics, true}, {"intercom-", noiseAnalytics, true},
	{"bigipserver", noiseNode, false}, {"bm_", noiseBot, false},
}

// namesSession tells the rest of a cookie's name that shares a vendor's
// prefix by chance.
func namesSession(rest string) bool {
	for _, w := range words(rest) {
		switch w {
		case "session", "sessionid", "sess", "sid", "token", "auth", "jwt", "csrf", "xsrf", "login":
			return true
		}
	}
	return false
}
