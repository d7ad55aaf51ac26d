package diff

import (
	"sort"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

const requestMethod = "Access-Control-Request-Method"

// IsPreflight tells a CORS preflight (Fetch, section "CORS-preflight fetch")
// from an OPTIONS of the application.
func IsPreflight(x *traffic.Exchange) bool {
	return x.Request.Method == "OPTIONS" &&
		(x.Request.Header.Has(requestMethod) || resourceType(x) == "preflight")
}

// announcedMethod is the method that a preflight asks leave for; "" where
// the recorder dropped it.
func announcedMethod(x *traffic.Exchange) string {
	return x.Request.Header.Get(requestMethod)
}

// resourceType is Chromium's kind of a request (_resourceType), or "".
func resourceType(x *traffic.Exchange) string {
	if len(x.Unknown) == 0 {
		return ""
	}
	return strings.Trim(string(x.Unknown.Get("/_resourceType")), `"`)
}

// announce links each preflight with its request: same URL, the announced
// method, next to it. Browsers list the preflight after the request, proxies
// before it.
func (s *side) announce() {
	mains := s.mainsOfPreflights()
	for i := range s.entries {
		if s.entries[i].kind != preflight {
			continue
		}
		list := mains[announcement(&s.entries[i], announcedMethod(s.exchanges[i]))]
		after := sort.Search(len(list), func(k int) bool { return list[k] > i })
		for _, k := range []int{after - 1, after} {
			if k >= 0 && k < len(list) && s.entries[list[k]].preflight < 0 {
				s.entries[i].main = int32(list[k])
				s.entries[list[k]].preflight = int32(i)
				break
			}
		}
	}
}

// A call is a method on a URL.
type call struct {
	origin    int32
	path, raw uint64
	method    string
}

func announcement(e *entry, method string) call {
	return call{e.origin, e.path, e.raw, method}
}

// mainsOfPreflights lists the requests that some preflight announces, by
// call; those whose preflight lost its headers stand under any method.
func (s *side) mainsOfPreflights() map[call][]int {
	var mains map[call][]int
	for i := range s.entries {
		if s.entries[i].kind == preflight {
			if mains == nil {
				mains = make(map[call][]int)
			}
			mains[announcement(&s.entries[i], announcedMethod(s.exchanges[i]))] = nil
		}
	}
	if mains == nil {
		return nil
	}
	for i := range s.entries {
		e := &s.entries[i]
		if e.kind != ordinary {
			continue
		}
		for _, method := range []string{s.exchanges[i].Request.Method, ""} {
			key := announcement(e, method)
			if list, asked := mains[key]; asked {
				mains[key] = append(list, i)
			}
		}
	}
	return mains
}
