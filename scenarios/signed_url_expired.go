package scenarios

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func signedURLExpired() *Cause {
	return &Cause{
		ID:    "signed-url-expired",
		Kind:  Mechanism,
		Group: Tokens,
		Means: "A signed link is used after its end.",
		Looks: "The end that the URL names (X-Amz-Date and X-Amz-Expires, X-Goog-Expires, Expires, Azure's se, a token in the query) lies before the server's Date. " +
			"S3 says \"Request has expired\" with both times, Azure \"not valid in the specified time frame\". Downloads fail when they are resumed.",
		Unlike: []Unlike{
			{"request-signature-invalid", "the link was edited, escaped twice, or lost a parameter; its end is ahead"},
			{"clock-skew", "the link starts in the server's future"},
			{"missing-query-parameter", "the signature itself is gone"},
		},
		Advice: []Advice{
			{Client, "Fetch a new link right before use, and again when a download is resumed.", "curl -C - -o file \"$(new_link)\""},
			{App, "Let links live longer than it takes to start the last transfer: the end is checked when a request starts. SigV4 allows 7 days at most.", "aws s3 presign s3://bucket/key --expires-in 3600"},
			{Gateway, "A link ends with the credentials that signed it: roles of an hour make links of an hour.", ""},
		},
		Refs:   []string{"AWS: Download and upload objects with presigned URLs", "Azure: Create a service SAS", "CloudFront: Use signed URLs"},
		Prior:  -0.3,
		Detect: detectSignedURLExpired,
		Inject: injectSignedURLExpired,
		Parameters: []Parameter{
			{Name: "url", Type: TypeSecret, Doc: "a link that is over"},
		},
		Enforced: ByClient,
		Needs:    []Need{OldLink},
		Live:     liveSignedURLExpired,
		Expect:   oneOf(expect.Hole, 403, 400, 401, 404, 410),
	}
}

func detectSignedURLExpired(v *View) []Evidence {
	link, ok := SignedLinkOf(&v.Failed.Request)
	evidence := v.heard(Decisive, "signed-url-expired", "the answer says that the link is over")
	says := v.clearly("signed-url-expired")
	if !ok || v.status() != 0 && v.status() < 400 && !says {
		return evidence
	}
	at, uncertain, known := v.ServerTime(Bad, v.Failed)
	if !known {
		return evidence
	}
	place := seen(diff.Request, diff.Query, link.EndsAt, link.Value)
	over := at.Sub(link.Ends)
	switch {
	case over > uncertain:
		evidence = append(evidence, v.observed(v.weighLink(says), FromTime, place, "the link ended "+roughly(over)+" before the request, by the server's clock"))
		evidence = append(evidence, v.linkChanges()...)
	case !says && v.endedWithItsSigner():
		evidence = append(evidence, v.observed(Strong, FromText, place, "the link is not over, but the temporary credentials that signed it are"))
	case !says:
		return []Evidence{v.against(RulesOut, FromTime, "the link was good for another "+roughly(-over))}
	default:
		evidence = append(evidence, v.against(Against, FromTime, "by the server's clock the link was good for another "+roughly(-over)))
	}
	return append(evidence, v.saysAnother("signed-url-expired", "expired-token")...)
}

// weighLink weighs a link that is over. Where such a link worked, the server
// does not look at the end.
func (v *View) weighLink(says bool) Strength {
	switch v.status() {
	case 400, 401, 403, 404, 410:
	default:
		if !says {
			return Weak
		}
	}
	if v.Good != nil && !says {
		if link, ok := SignedLinkOf(&v.Good.Request); ok {
			if at, uncertain, known := v.ServerTime(OK, v.Good); known && at.Sub(link.Ends) > uncertain {
				return Weak
			}
		}
	}
	return Decisive
}

// linkChanges own what else changes with a link that is signed anew.
func (v *View) linkChanges() []Evidence {
	var evidence []Evidence
	for _, c := range v.Matter() {
		if c.Part != diff.Query || c.Op != diff.Replace {
			continue
		}
		lower := strings.ToLower(c.Name)
		if isSignatureName(c.Name) || isLinkSignature(lower) || strings.HasPrefix(lower, "x-amz-") || strings.HasPrefix(lower, "x-goog-") ||
			lower == "st" || lower == "policy" || lower == "expires" {
			evidence = append(evidence, v.changed(Weak, c, "part of a link that was signed at another time"))
		}
	}
	return evidence
}

// endedWithItsSigner finds a link that temporary credentials signed, refused
// because they are over.
func (v *View) endedWithItsSigner() bool {
	says := v.clearly("expired-token")
	u := v.Failed.Request.ParsedURL()
	return says && u != nil && lowered(u.Query())["x-amz-security-token"].Value != ""
}

// injectSignedURLExpired lets the clock go on past the link's end: another end
// would need a signature.
func injectSignedURLExpired(in *Injection) error {
	link, ok := SignedLinkOf(in.Request())
	if !ok {
		return fmt.Errorf("%w: the URL is no signed link", ErrCannotInject)
	}
	at, ok := in.timeOf(in.Exchange())
	if !ok {
		return fmt.Errorf("%w: the capture has no clock", ErrCannotInject)
	}
	if late := link.Ends.Add(time.Hour); at.Before(late) {
		in.passTime(late.Sub(at))
	}
	in.Refuse(Refusal{Status: 403, Description: "Request has expired", Code: "AccessDenied"})
	return nil
}

// liveSignedURLExpired asks with a link that is over: another end in this one
// would fail of its signature.
func liveSignedURLExpired(in *Injection) error {
	if _, ok := SignedLinkOf(in.Request()); !ok {
		return cannot("the URL is no signed link")
	}
	given, is, err := in.secret("url")
	switch {
	case err != nil:
		return err
	case !is:
		return needs("another end in this link would fail of its signature", OldLink)
	}
	old, err := url.Parse(strings.TrimSpace(given))
	if err != nil {
		return fmt.Errorf("%w: url: it can't be parsed", ErrNotTestable)
	}
	if err := in.editURL(func(u *url.URL) { u.Path, u.RawPath, u.RawQuery = old.Path, old.RawPath, old.RawQuery }); err != nil {
		return err
	}
	if link, ok := SignedLinkOf(in.Request()); !ok || !link.Ends.Before(in.Now) {
		return fmt.Errorf("%w: url: it is no signed link that is over", ErrNotTestable)
	}
	return nil
}
