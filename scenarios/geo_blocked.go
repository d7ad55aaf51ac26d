package scenarios

import (
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func geoBlocked() *Cause {
	return &Cause{
		ID: "geo-blocked", Kind: Mechanism, Group: AccessControl,
		Means: "The server refuses the country or network that the client seems to be in.",
		Looks: "A 451, or a 403 whose page names a country, a region, sanctions or an embargo.",
		Unlike: []Unlike{
			{"ip-not-allowed", "names a single address or network"},
			{"waf-blocked", "depends on what is sent"},
		},
		Advice: []Advice{
			{Client, "Turn off the VPN, or call from a supported country.", ""},
			{Gateway, "Add an exception to the geographic rule of the CDN, and say in the documentation where the service works.", ""},
		},
		Refs:   []string{"RFC 7725", "CloudFront, Restrict the geographic distribution of content"},
		Prior:  -1.5,
		Detect: detectGeoBlocked,
		Inject: injectGeoBlocked,
		Parameters: []Parameter{
			{Name: "country", Type: TypeText, Default: "KP", Doc: "where the request seems to come from, two letters"},
		},
		Enforced: ByProxy,
		Live:     liveGeoBlocked,
		Expect:   oneOf(expect.Lenient, 403, 451, 404),
	}
}

func detectGeoBlocked(v *View) []Evidence {
	if v.Failed.Response == nil || !v.statusIs(200, 302, 303, 307, 400, 401, 403, 404, 451) {
		return nil
	}
	found := v.heard(Decisive, "geo-blocked", "the answer names the country or region")
	if v.status() == 451 {
		found = append(found, v.observed(Decisive, FromStatus, v.statusSeen(), "451 is a refusal for legal reasons"))
	}
	if len(found) == 0 {
		return nil
	}
	if moved := v.otherPOP(); moved != "" {
		found = append(found, v.observed(Weak, FromFlow, v.fieldSeen(moved), "another location of the CDN answered"))
	}
	return append(append(found, v.saysOtherBlock("geo-blocked")...), v.judged()...)
}

// otherPOP returns the field by which another location of the CDN is known;
// "" none. cf-ray ends in it, x-amz-cf-pop begins with it.
func (v *View) otherPOP() string {
	if v.Good == nil || v.Good.Response == nil {
		return ""
	}
	was, is := v.Good.Response.Header, v.answerHeader()
	switch {
	case len(is.Get("cf-ray")) > 3 && len(was.Get("cf-ray")) > 3 && suffix3(is.Get("cf-ray")) != suffix3(was.Get("cf-ray")):
		return "cf-ray"
	case len(is.Get("x-amz-cf-pop")) > 3 && len(was.Get("x-amz-cf-pop")) > 3 && is.Get("x-amz-cf-pop")[:3] != was.Get("x-amz-cf-pop")[:3]:
		return "x-amz-cf-pop"
	}
	return ""
}

func suffix3(s string) string { return s[len(s)-3:] }

func injectGeoBlocked(in *Injection) error {
	in.page(451, "text/html", "<html><body><h1>Unavailable</h1><p>This service is not available in your country.</p></body></html>", traffic.HeaderField{Name: "Server", Value: "edge"})
	return nil
}

// liveGeoBlocked sets what edges tell the server of the country. Where the
// edge itself decides, only a request from there would show it.
func liveGeoBlocked(in *Injection) error {
	for _, name := range []string{"cf-ipcountry", "cloudfront-viewer-country", "x-vercel-ip-country", "x-appengine-country", "x-country-code"} {
		if err := in.damage(Damage{Entry: in.Target, Do: SetRequestField, Name: name, Value: in.With["country"]}); err != nil {
			return err
		}
	}
	return nil
}
