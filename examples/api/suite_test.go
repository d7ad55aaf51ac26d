package api_test

import (
	"net/http/httptest"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/replaydiff/replay/examples/api"
	"github.com/replaydiff/replay/examples/seeded"
	"github.com/replaydiff/replay/harness/specs"
	"github.com/replaydiff/replay/scenarios/expect"
	. "github.com/replaydiff/replay/scenarios/suite"
)

func TestOrders(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "orders API")
}

var app *httptest.Server

var _ = BeforeSuite(func() {
	orders, err := api.New(api.Config{})
	Expect(err).NotTo(HaveOccurred())
	app = httptest.NewServer(orders)
	DeferCleanup(app.Close)
})

var options = []specs.Option{specs.AllowUnsafe(), specs.Sign(SignWith{RS256: "file:keys/rs256.pem"})}

var _ = specs.DescribeScenarios("orders API",
	specs.Against("ok.har", func() string { return app.URL }, options...), scenarios)

// The same through the proxy that stands before it in production.
var _ = Describe("behind nginx", Ordered, ContinueOnFailure, func() {
	var nginx string
	BeforeAll(func() { nginx = seeded.Behind(GinkgoTB(), "nginx/right.conf", app.Listener.Addr().String()) })
	specs.DescribeScenarios("orders API", specs.Against("ok.har", func() string { return nginx }, options...), scenarios)
})

// Answers that tell a client what to do (RFC 6750 section 3.1).
var (
	refresh  = []expect.Condition{expect.Status(401), expect.Challenge("Bearer", expect.Param("error", expect.Is("invalid_token")))}
	askScope = []expect.Condition{expect.Status(403), expect.Challenge("Bearer", expect.Param("error", expect.Is("insufficient_scope")))}
)

var scenarios = []Scenario{
	MissingCredentials().OnEach("GET /v1/me", "GET /v1/orders", "POST /v1/orders", "GET /v1/orders/{}").
		Expect(expect.Status(401), expect.Challenge("Bearer"), expect.JSON("/error", expect.Is("unauthorized"))),
	ExpiredToken(time.Hour).On("GET /v1/me").Expect(refresh...),
	ClockSkew(10 * time.Minute).On("GET /v1/me"),
	ClockSkew(25 * time.Second).On("GET /v1/me").Expect(expect.StatusBetween(200, 299)).Says("Clocks are seconds apart."),
	WrongAudience("https://billing.example.com").On("GET /v1/me"),
	WrongAudience("https://api.example.com.evil.example").On("GET /v1/me"),
	WrongIssuer("https://login.staging.example.com/").On("GET /v1/me"),
	WrongIssuer("https://login.example.com.evil.example/").On("GET /v1/me"),
	InsufficientScope().On("GET /v1/me").Expect(askScope...),
	InsufficientScope("orders:read").On("POST /v1/orders").Expect(askScope...),
	TokenSignatureInvalid(Flipped).On("GET /v1/me"),
	TokenSignatureInvalid(AlgNone).On("GET /v1/me"),
	TokenSignatureInvalid("").With("token", "file:keys/confused.jwt").On("GET /v1/me").Says("HS256, signed with the public key of RS256."),
	TokenSignatureInvalid("").With("token", "file:keys/retired.jwt").On("GET /v1/me").Says("Signed with the key of last year."),
	RevokedToken().On("GET /v1/me").Expect(refresh...),
	InvalidGrant(UsedTwice).On("POST /oauth/token"),
	InvalidGrant(UnknownGrant).On("POST /oauth/token"),
	WrongAuthScheme("bearer").On("GET /v1/me").Expect(expect.StatusBetween(200, 299)),
	MissingBearerPrefix().On("GET /v1/me").Expect(expect.Status(401)),
	MalformedAuthorization(Alone).On("GET /v1/me"),
	CachedAuthResponse().On("GET /v1/orders"),
	NoDifference().On("GET /v1/orders").Expect(expect.Header("cache-control", expect.Contains("no-store"))),
}
