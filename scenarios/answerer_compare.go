package scenarios

import "github.com/replaydiff/replay/diff/traffic"

// appFields are written by apps and frameworks, hardly ever by what stands
// before them.
var appFields = []string{
	"x-powered-by", "x-aspnet-version", "x-runtime", "x-request-id", "x-correlation-id", "x-trace-id", "etag",
	"access-control-allow-origin", "x-application-context", "x-ratelimit-limit", "ratelimit-limit", "api-version",
}

// AnsweredElsewhere tells who made both answers of the decisive pair, and
// whether another layer made the failing one. False where the captures don't
// show it: most apps leave no mark.
func (v *View) AnsweredElsewhere() (ok, bad Answerer, differ bool) {
	bad = v.answerer()
	if v.Good == nil || v.Good.Response == nil || v.Failed.Response == nil {
		return ok, bad, false
	}
	ok = AnswererOf(v.Good.Response)
	switch {
	case ok.Made && bad.Made:
		return ok, bad, ok.Layer != bad.Layer
	case bad.Made && bad.Layer != layerApp:
		// A page of nginx where the app used to speak. Where nginx itself
		// served the good answer from a disk, it is the same layer.
		return ok, bad, v.appSpoke()
	case bad.Made || bad.Layer == layerApp:
		return ok, bad, false
	}
	return ok, bad, changedServer(v.Good.Response.Header, v.answerHeader()) || v.appSpoke() && v.appFellSilent()
}

// appSpoke tells whether the good answer comes from code: marks of an app, or
// a media type that no web server makes up.
func (v *View) appSpoke() bool {
	r := v.Good.Response
	return AnswererOf(r).Layer == layerApp || isStructured(r) || countOf(r.Header, appFields) >= 2
}

// appFellSilent tells whether none of the app's own fields is left, and the
// Date that all but HAProxy's own answers have is gone, too, or the media type
// is another.
func (v *View) appFellSilent() bool {
	good, failed := v.Good.Response, v.Failed.Response
	return failed.Status > 0 && countOf(good.Header, appFields) >= 2 && countOf(failed.Header, appFields) == 0 &&
		(good.Header.Has("date") && !failed.Header.Has("date") || isStructured(good) && !isStructured(failed))
}

// changedServer tells whether both answers name a server, and another one.
func changedServer(ok, bad traffic.Header) bool {
	a, b := onPath(ok), onPath(bad)
	was, is := ok.Get("server"), bad.Get("server")
	return was != "" && is != "" && was != is && len(a) > 0 && len(b) > 0 && a[len(a)-1].product != b[len(b)-1].product
}

func countOf(h traffic.Header, names []string) int {
	n := 0
	for _, name := range names {
		if h.Has(name) {
			n++
		}
	}
	return n
}
