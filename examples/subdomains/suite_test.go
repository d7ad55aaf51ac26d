package subdomains_test

import (
	"net/http/httptest"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/replaydiff/replay/examples/seeded"
	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/examples/subdomains"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/specs"
	"github.com/replaydiff/replay/scenarios/expect"
	. "github.com/replaydiff/replay/scenarios/suite"
)

func TestSubdomains(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "one login for two hosts")
}

var pages, api *httptest.Server // two ports of one shop, as the two hosts are of one server

var _ = BeforeSuite(func() {
	tea, err := shop.New(subdomains.Config())
	Expect(err).NotTo(HaveOccurred())
	pages, api = httptest.NewServer(tea), httptest.NewServer(tea)
	DeferCleanup(pages.Close)
	DeferCleanup(api.Close)
})

// bench asks the app at one server and the API at another, under their own names.
func bench(app, api func() string) *specs.Bench {
	return specs.Against("ok.har", app, specs.AllowUnsafe(), specs.Map(subdomains.App, app), specs.Map(subdomains.API, api),
		specs.Configure(func(g *harness.Guard) { g.Options.Target.KeepHost, g.Options.Target.KeepOrigin = true, true }))
}

var _ = specs.DescribeScenarios("one login for two hosts",
	bench(func() string { return pages.URL }, func() string { return api.URL }), scenarios)

// The same through one nginx that tells the hosts apart by their names.
var _ = Describe("behind nginx", Ordered, ContinueOnFailure, func() {
	var nginx string
	BeforeAll(func() { nginx = seeded.Behind(GinkgoTB(), "nginx/right.conf", pages.Listener.Addr().String()) })
	url := func() string { return nginx }
	specs.DescribeScenarios("one login for two hosts", bench(url, url), scenarios)
})

const page = "https://app.example.com"

var scenarios = []Scenario{
	SubdomainCookie("").On("GET /api/me").Expect(expect.StatusBetween(200, 299)).Says("The session of the pages is good for the API."),
	NoDifference().On("POST /login").Says("A login sets the cookie, and it keeps what protects it.").
		Expect(expect.Status(303), expect.Cookie("session", expect.Set,
			expect.Param("domain", expect.Is("example.com")), expect.Param("path", expect.Is("/")),
			expect.Param("secure", expect.Present()), expect.Param("httponly", expect.Present()), expect.Param("samesite", expect.Is("Lax")))),
	SessionCookieMissing().On("GET /cart").Says("Somebody without a session comes back to the page after the login.").
		Expect(expect.Login(expect.LoginRedirect), expect.Header("location", expect.Contains("next=%2Fcart"))),
	CredentialsNotSent().On("GET /api/me").Says("A script is told that it has to log in, and may read it.").
		Expect(expect.Status(401), expect.Challenge("Bearer"), expect.Header("access-control-allow-origin", expect.Is(page))),
	NoDifference().On("GET /cart").Expect(expect.Header("cache-control", expect.Contains("no-store"))),
	NoDifference().On("GET /api/me").Expect(expect.Header("vary", expect.Matches(`(?i)\borigin\b`)),
		expect.Header("access-control-expose-headers", expect.Contains("WWW-Authenticate"))),
	CORSPreflight(page).On("POST /api/orders").Expect(expect.Browser(expect.CORSAllowed)).Says("Our page may write."),
	CORSCredentials("").On("GET /api/me").FromOrigins("https://evil.example", "https://other.example.com", "null").Says("No other page may read, not even a neighbour."),
	CSRFTokenMissing().On("POST /api/orders"),
	CSRFTokenMismatch().On("POST /api/orders"),
	SessionExpired().OnEach("GET /cart", "GET /api/me").Says("After the logout the session is over on both hosts."),
}
