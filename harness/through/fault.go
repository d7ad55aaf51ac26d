package through

import (
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// A fault is what an alteration breaks. Faults of one deed are one finding.
type fault struct {
	cause  string          // id in the catalogue
	mend   scenarios.Wrong // what is mended; "" falls back on the cause's advice
	name   string          // of the field, for the mend
	does   string          // the deed, in stable words
	says   string          // a sentence; {who} is the proxy
	note   string          // what else there is to say of this one
	sure   float64         // 0: seen from both sides, as sure as it gets
	wholly bool            // it is met by every request for the path
	made   bool            // the proxy's answer itself proves that it is no app's
}

// How sure a finding is that was seen from both sides, and one that was seen from
// the client's alone.
const (
	seenFromBothSides = 0.99
	deduced           = 0.6
)

func (f *fault) confidence() float64 {
	if f.sure == 0 {
		return seenFromBothSides
	}
	return f.sure
}

// fieldFault is a credential, or what stands for one, that did not arrive as it
// was sent.
func fieldFault(name string, kind results.AlterationKind) *fault {
	shown := canonical(name)
	if name == "origin" || name == "referer" {
		return &fault{cause: "proxy-rewrite", mend: scenarios.FieldDropped, name: name, does: name + " " + string(kind),
			says: fmt.Sprintf("{who} changes %s on the way to the app, and checks of the origin go by it.", shown)}
	}
	f := &fault{cause: "authorization-dropped-by-proxy", mend: scenarios.FieldDropped, name: name, does: name + " " + string(kind)}
	switch {
	case kind == results.Renamed:
		f.says = fmt.Sprintf("{who} passes %s on under another name, and the app looks for it under its own.", shown)
	case kind == results.Duplicated:
		f.says = fmt.Sprintf("{who} passes %s on twice, which apps refuse, or read one of.", shown)
	case kind == results.Rewritten:
		f.says = fmt.Sprintf("{who} puts another %s in the place of the client's.", shown)
	case strings.Contains(name, "_"):
		f.mend = scenarios.UnderscoreDropped
		f.says = fmt.Sprintf("{who} drops %s: its name has an underscore.", name)
	default:
		f.says = fmt.Sprintf("{who} drops %s before the app sees it.", shown)
	}
	return f
}

// canonical is a name as people write it.
func canonical(name string) string {
	switch name {
	case "httponly":
		return "HttpOnly"
	case "samesite":
		return "SameSite"
	}
	parts := strings.Split(name, "-")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-")
}

func cookieFault(deed string) *fault {
	return &fault{cause: "cookie-stripped-by-proxy", mend: scenarios.CookieDropped, name: "cookie", does: "cookie " + deed,
		says: "{who} changes the cookies that the client sends: the app does not get what it set."}
}

// setCookieFault is a cookie that the client does not get as the app sets it.
func setCookieFault(deed, attribute string) *fault {
	f := &fault{cause: "cookie-stripped-by-proxy", mend: scenarios.SetCookieRewritten, name: attribute, does: "set-cookie " + deed}
	switch attribute {
	case "":
		if f.mend = scenarios.SetCookieDropped; deed == string(results.Rewritten) {
			f.mend = scenarios.SetCookieRewritten
		}
		f.says = "{who} drops Set-Cookie: the client never gets the cookie, and a login does not last."
	case "path":
		f.says = "{who} changes the Path of cookies, so the browser sends them elsewhere."
	case "domain":
		f.mend = scenarios.SetCookieDomain
		f.says = "{who} changes the Domain of cookies, so the browser refuses them, or sends them elsewhere."
	default:
		// one line sets several flags: they are one finding
		f.mend, f.does = scenarios.SetCookieFlags, "set-cookie flags changed"
		f.says = "{who} changes the flags of cookies that the app sets."
		if attribute == "secure" && strings.HasSuffix(deed, string(results.Added)) {
			f.note = "over plain HTTP a browser refuses a cookie with Secure"
		}
	}
	return f
}

const forwardedCause = "forwarded-headers-missing"

func forwardedFault(note string) *fault {
	return &fault{cause: forwardedCause, mend: scenarios.ForwardedLost, does: "forwarded fields lost", note: note,
		says: "{who} does not tell the app where the client asked: its own URLs, and checks of the origin, go by the inner address."}
}

func schemeFault() *fault {
	return &fault{cause: "tls-termination", mend: scenarios.SchemeLost, does: "x-forwarded-proto missing",
		says: "TLS ends at {who}, and the app is not told: it takes HTTPS for HTTP."}
}

func schemeWrong() *fault {
	return &fault{cause: "tls-termination", mend: scenarios.SchemeLost, does: "x-forwarded-proto wrong",
		says: "TLS ends at {who}, and X-Forwarded-Proto does not say https: the app takes HTTPS for HTTP."}
}

func methodFault(old, new string) *fault {
	return &fault{cause: "proxy-rewrite", mend: scenarios.MethodReplaced, does: "method changed",
		says: "{who} changes the method.", note: old + " arrives as " + new}
}

func bodyFault(gone bool) *fault {
	if gone {
		return &fault{cause: "proxy-rewrite", mend: scenarios.BodyDropped, does: "body dropped", says: "{who} drops the body of requests."}
	}
	return &fault{cause: "proxy-rewrite", mend: scenarios.BodyReplaced, does: "body changed", says: "{who} changes the body of requests."}
}

func queryFault(deed string) *fault {
	return &fault{cause: "proxy-rewrite", mend: scenarios.QueryDropped, does: "query " + deed,
		says: "{who} changes the query on the way to the app."}
}

// The ways in which a path is rewritten.
const (
	slashDecoded  = "%2F decoded"
	pathDecoded   = "path decoded"
	slashesMerged = "slashes merged"
	pathReplaced  = "path rewritten"
)

func pathFault(deed string) *fault {
	f := &fault{cause: "proxy-rewrite", does: deed}
	switch deed {
	case slashDecoded:
		f.mend, f.says = scenarios.PathDecoded, "{who} decodes %2F in paths: the app sees one segment more."
	case pathDecoded:
		f.mend, f.says = scenarios.PathDecoded, "{who} decodes the path: the app sees another one, and a signature over it does not fit."
	case slashesMerged:
		f.mend, f.says = scenarios.SlashesMerged, "{who} makes one slash of two: the app sees another path."
	default:
		f.mend, f.says = scenarios.PathRewritten, "{who} rewrites the path: the app is asked for another one than the client asked for."
	}
	return f
}

func corsFault(deed, name string) *fault {
	f := &fault{cause: "cors-origin-not-allowed", mend: scenarios.CORSDropped, name: name, does: name + " " + deed,
		says: fmt.Sprintf("{who} changes %s: a browser refuses the answer.", canonical(name))}
	if name == "access-control-expose-headers" {
		f.says = fmt.Sprintf("{who} changes %s: scripts no longer see fields of the answer.", canonical(name))
	}
	if deed == "doubled" {
		f.mend = scenarios.CORSDoubled
		f.says = fmt.Sprintf("{who} adds a second %s to the app's: a browser refuses two.", canonical(name))
	}
	return f
}

// cutFault is an answer that ends before its end.
func cutFault() *fault {
	return &fault{cause: "proxy-rewrite", mend: scenarios.AnswerCut, does: "answer cut off", note: "the app's answer was whole",
		says: "{who} breaks off answers before their end."}
}

func challengeFault(kind results.AlterationKind) *fault {
	return &fault{cause: "proxy-rewrite", mend: scenarios.FieldDropped, name: "www-authenticate", does: "www-authenticate " + string(kind),
		says: "{who} changes the app's challenge: the client can't know what is asked of it."}
}

func locationFault(kind results.AlterationKind) *fault {
	return &fault{cause: "proxy-rewrite", mend: scenarios.LocationRewritten, does: "location " + string(kind),
		says: "{who} changes where the app redirects to."}
}

// statusFault is an answer that the proxy put in the place of the app's.
func statusFault(gave, came *traffic.Response) *fault {
	who := scenarios.AnswererOf(came).Sentence(came.Status)
	f := &fault{cause: "proxy-rewrite", mend: scenarios.AnswerReplaced, does: "answer replaced", note: who, says: "{who} puts its own answer in the place of the app's."}
	switch came.Status {
	case 401, 403, 407:
		f.cause, f.mend = "proxy-auth-denied", scenarios.AccessAsked
	case 502:
		if size := headSize(gave.Header); size > largeHead {
			f.cause, f.note = "cookie-too-large", fmt.Sprintf("%s; the app's header section has %d bytes", who, size)
		}
	}
	return f
}

// largeHead is the length in bytes of a header section of an answer that common
// proxies refuse by default: the buffer of nginx is a page, 4 or 8 KiB.
const largeHead = 4 << 10

func headSize(h traffic.Header) int {
	n := 0
	for _, f := range h {
		n += len(f.Name) + len(f.Value) + 4
	}
	return n
}
