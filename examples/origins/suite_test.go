package origins_test

import (
	"net/http/httptest"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/replaydiff/replay/examples/origins"
	"github.com/replaydiff/replay/examples/seeded"
	"github.com/replaydiff/replay/harness/specs"
	"github.com/replaydiff/replay/scenarios/expect"
	. "github.com/replaydiff/replay/scenarios/suite"
)

func TestNotes(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "notes API")
}

var app *httptest.Server

var _ = BeforeSuite(func() {
	notes, err := origins.New(origins.Config{Page: page})
	Expect(err).NotTo(HaveOccurred())
	app = httptest.NewServer(notes)
	DeferCleanup(app.Close)
})

var _ = specs.DescribeScenarios("notes API",
	specs.Against("ok.har", func() string { return app.URL }, specs.AllowUnsafe()), scenarios)

// The same through the proxy that stands before it in production.
var _ = Describe("behind nginx", Ordered, ContinueOnFailure, func() {
	var nginx string
	BeforeAll(func() { nginx = seeded.Behind(GinkgoTB(), "nginx/right.conf", app.Listener.Addr().String()) })
	specs.DescribeScenarios("notes API", specs.Against("ok.har", func() string { return nginx }, specs.AllowUnsafe()), scenarios)
})

const page = "https://app.example.net"

var scenarios = []Scenario{
	CORSPreflight(page).On("PUT /notes/{}").Expect(expect.Browser(expect.CORSAllowed)).Says("Our page may write."),
	CORSCredentials(page).OnEach("GET /notes", "PUT /notes/{}").Expect(expect.Browser(expect.CORSAllowed)).Says("Our page may read the answers."),
	CORSCredentials("").On("GET /notes").FromOrigins(
		"https://evil.example", "null", "http://app.example.net",
		"https://app.example.net.evil.example", "https://evilexample.net", "https://app-example.net",
	).Says("No other page may read them, whatever it is called."),
	CookieSameSiteBlocked(page).On("GET /notes").Expect(expect.StatusBetween(200, 299)).Says("The cookie goes along from our page."),
	NoDifference().On("POST /session").Expect(expect.Cookie("__Host-session", expect.Set,
		expect.Param("secure", expect.Present()), expect.Param("httponly", expect.Present()), expect.Param("samesite", expect.Is("None")))),
	NoDifference().On("GET /notes").Expect(expect.Header("vary", expect.Matches(`(?i)\borigin\b`)),
		expect.Header("access-control-expose-headers", expect.Contains("X-Total-Count"))),
	CredentialsNotSent().On("GET /notes").Says("Our page can read that it has to log in.").
		Expect(expect.Status(401), expect.Header("access-control-allow-origin", expect.Is(page))),
	CSRFTokenMissing().On("PUT /notes/{}"),
	CSRFTokenMismatch().On("PUT /notes/{}"),
	SessionExpired().On("GET /notes"),
}
