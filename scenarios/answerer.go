package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// The layers between a client and the code that serves it, outermost first.
const (
	layerEdge    = "edge"    // CDNs, WAFs and bot protection in the cloud
	layerProxy   = "proxy"   // reverse proxies, load balancers, web servers
	layerGateway = "gateway" // API gateways and authenticating proxies
	layerApp     = "app"     // frameworks and identity providers
)

var layers = []string{layerEdge, layerProxy, layerGateway, layerApp}

// An Answerer is who made an answer, and who stood in front.
type Answerer struct {
	Product string   // "nginx", "Spring Security"; "" where it can't be told
	Made    bool     // the answer itself proves that Product made it; false: it was on the path
	Layer   string   // "edge", "proxy", "gateway" or "app"; "" unknown
	Front   []string // products on the path in front of it, outermost first
	By      string   // what told: a clause without captured values
}

// AnswererOf tells who answered. The words of an error page prove who wrote
// it; a header only proves who was on the path, since proxies replace Server
// and pass the headers of others on.
func AnswererOf(r *traffic.Response) Answerer {
	if r == nil {
		return Answerer{}
	}
	path := onPath(r.Header)
	text := squeeze(bodyPrefix(r))
	for i := range bodyMarks {
		if m := &bodyMarks[i]; m.fits(r, text) {
			return made(m.product, m.layer, "the answer is in its own words", path)
		}
	}
	for i := range madeMarks {
		if m := &madeMarks[i]; m.fits(r.Header) {
			return made(m.product, m.layer, "the "+m.name+" field is written by it alone", path)
		}
	}
	if isEnvoyReply(r, text) {
		return made("Envoy", layerProxy, "a plain text without the upstream's time is its own reply", path)
	}
	if len(path) == 0 {
		return Answerer{}
	}
	last := path[len(path)-1]
	return Answerer{Product: last.product, Layer: last.layer, Front: names(path[:len(path)-1]), By: "the " + last.name + " field"}
}

// made is an answer that is proven to be of a product; whatever is nearer to
// the app than that was not reached.
func made(product, layer, by string, path []headerMark) Answerer {
	a := Answerer{Product: product, Made: true, Layer: layer, By: by}
	for _, m := range path {
		if depth(m.layer) < depth(layer) || m.layer == layer && m.layer != layerApp && m.product != product {
			a.Front = append(a.Front, m.product)
		}
	}
	return a
}

// whose is "nginx's", or "the proxy's" where logs know the layer alone.
func (a Answerer) whose() string {
	if a.Product == "" {
		return "the " + a.Layer + "'s"
	}
	return a.Product + "'s"
}

// Sentence tells who made an answer of that status; a status of 0 is one that
// was never seen.
func (a Answerer) Sentence(status int) string {
	what := "the answer"
	if status > 0 {
		what = strconv.Itoa(status)
	}
	behind := ""
	if len(a.Front) > 0 {
		behind = ", behind " + strings.Join(a.Front, " and ")
	}
	switch {
	case a.Product == "" && a.Made && a.Layer == layerApp:
		return what + " by the app" + behind
	case a.Product == "" && a.Made:
		return what + " by the " + a.Layer + ", in front of the app" + behind
	case a.Product == "":
		return what + ", and nothing tells who made it"
	case a.Layer == layerApp && a.Made:
		return what + " by the app (" + a.Product + ")" + behind
	case a.Layer == layerApp:
		return what + " by the app, as it seems (" + a.Product + ")" + behind
	case a.Made:
		return what + " by " + a.Product + ", in front of the app" + behind
	}
	return what + " through " + strings.Join(append(slices.Clone(a.Front), a.Product), " and ") + "; who made it can't be told"
}

// onPath lists the products that left a header, outermost first.
func onPath(h traffic.Header) []headerMark {
	var found []headerMark
	for i := range pathMarks {
		m := pathMarks[i]
		if m.fits(h) && !slices.ContainsFunc(found, func(f headerMark) bool { return f.product == m.product }) {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b headerMark) int { return depth(a.layer) - depth(b.layer) })
	return found
}

func depth(layer string) int { return slices.Index(layers, layer) }

func names(marks []headerMark) []string {
	var list []string
	for _, m := range marks {
		list = append(list, m.product)
	}
	return list
}

// isEnvoyReply knows Envoy's local replies: x-envoy-upstream-service-time
// stands on everything that an upstream answered. Only failures in plain text
// are judged, since that field may be switched off.
func isEnvoyReply(r *traffic.Response, text string) bool {
	return r.Status >= 400 && strings.Contains(strings.ToLower(r.Header.Get("server")), "envoy") &&
		!r.Header.Has("x-envoy-upstream-service-time") && len(text) < 300 &&
		strings.HasPrefix(strings.ToLower(r.Header.Get("content-type")), "text/plain")
}

// maxReadBody is the length in bytes above which a body is not even read: no
// server refuses at that length.
const maxReadBody = 4 << 20

// bodyPrefix returns the first 64 KiB of a body in lower case, "" where there
// is none to read.
func bodyPrefix(r *traffic.Response) string {
	return strings.ToLower(string(rawBodyPrefix(r)))
}

var jsonLayout = strings.NewReplacer(`" : `, `":`, `": `, `":`, `{ "`, `{"`, `" }`, `"}`, `" :`, `":`)

// squeeze makes every run of white space one space and drops it in JSON, so
// that the same document in two layouts is one text.
func squeeze(text string) string {
	return jsonLayout.Replace(strings.Join(strings.Fields(text), " "))
}
