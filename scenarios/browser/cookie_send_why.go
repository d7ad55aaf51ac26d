package browser

import (
	"fmt"
	"strings"
	"time"
)

// explainSend is send with the reasons spelled out.
func (s *situation) explainSend(c *Cookie) Verdict {
	b := s.send(c)
	if b == 0 {
		return allowed()
	}
	var failures []failure
	for bit := blockURL; bit <= blockThirdParty; bit <<= 1 {
		if b&bit != 0 {
			failures = append(failures, s.sendFailure(bit, c))
		}
	}
	return verdictOf(failures)
}

func (s *situation) sendFailure(bit blocks, c *Cookie) failure {
	switch bit {
	case blockURL:
		return failure{RuleCookieSendURL, nil, "no cookie is sent here: " + s.err.Error()}
	case blockCredentials:
		return failure{RuleCookieSendCredentials, s.compareCredentials(), s.credentialsReason("no cookie goes with it")}
	case blockPartition:
		return s.partitionFailure(c)
	case blockExpired:
		return failure{RuleCookieExpired, []Compared{{"time", s.ctx.Time.UTC().Format(time.RFC3339), "before " + c.Expires.UTC().Format(time.RFC3339)}},
			"its lifetime was over at " + c.Expires.UTC().Format(time.RFC3339)}
	case blockHost:
		return s.hostFailure(c)
	case blockPath:
		return failure{RuleCookiePath, []Compared{{"request path", clip(s.target.path), clip(c.Path) + " or below"}},
			fmt.Sprintf("it has Path=%s, and %s is not below that; set it with Path=/", clip(c.Path), clip(s.target.path))}
	case blockSecure:
		return s.insecure(RuleCookieSendSecure)
	case blockHTTPOnly:
		return failure{RuleCookieSendHTTPOnly, nil, "it is HttpOnly: requests carry it, scripts cannot read it"}
	case blockNoneInsecure:
		return failure{RuleCookieSendNoneInsecure, []Compared{{"Secure", "absent", "present"}}, "SameSite=None without Secure is not sent; add Secure"}
	case blockThirdParty:
		return s.thirdParty(RuleCookieSendThirdParty)
	}
	return s.sameSiteFailure(bit, c)
}

func (s *situation) partitionFailure(c *Cookie) failure {
	if c.Partition.none() {
		return failure{RuleCookiePartition, []Compared{{"partition", "none", s.partition.String()}},
			"cookies of third parties are kept by top-level site here, and this one was set elsewhere"}
	}
	return failure{RuleCookiePartition, []Compared{{"partition", s.partition.String(), c.Partition.String()}},
		fmt.Sprintf("it is Partitioned: it was set below %s and is only seen there, not below %s", c.Partition, s.partition)}
}

func (s *situation) hostFailure(c *Cookie) failure {
	host := s.target.host
	if !c.HostOnly {
		return failure{RuleCookieHost, []Compared{{"host", host, c.Domain + " or below"}},
			fmt.Sprintf("it has Domain=%s, and %s is neither that domain nor below it", c.Domain, host)}
	}
	reason := fmt.Sprintf("%s set it without a Domain attribute, so it goes to %s alone and not to %s", c.Domain, c.Domain, host)
	if shared := RegistrableDomain(host); shared != "" && shared == RegistrableDomain(c.Domain) {
		reason += "; set it with Domain=" + shared
		if strings.HasPrefix(strings.ToLower(c.Name), "__host-") {
			reason += " and without the __Host- prefix"
		}
	}
	return failure{RuleCookieHost, []Compared{{"host", host, c.Domain}}, reason}
}

func (s *situation) sameSiteFailure(bit blocks, c *Cookie) failure {
	compared := append(s.compareSites(), Compared{"SameSite", c.SameSite.String(), ""})
	where := "the request is a cross-site " + s.kindName()
	if s.status == laxUnsafe {
		compared = append(compared, Compared{"method", s.ctx.Method, "GET or HEAD"})
	}
	switch bit {
	case blockStrict:
		return failure{RuleCookieSendSameSiteStrict, compared,
			"it has SameSite=Strict, and " + where + "; use SameSite=Lax for links from elsewhere, SameSite=None; Secure for anything else"}
	case blockLax:
		return failure{RuleCookieSendSameSiteLax, compared,
			"it has SameSite=Lax, and " + where + "; only links and GET forms carry it across sites, SameSite=None; Secure is for the rest"}
	}
	if s.status == laxUnsafe {
		compared = append(compared, Compared{"age", s.ctx.Time.Sub(c.Created).Round(time.Second).String(), "2m0s or less"})
	}
	return failure{RuleCookieSendSameSiteDefault, compared,
		"it has no SameSite attribute, which counts as Lax, and " + where + "; set it with SameSite=None; Secure"}
}
