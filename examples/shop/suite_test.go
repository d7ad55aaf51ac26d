package shop_test

import (
	"net/http/httptest"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/harness/specs"
	. "github.com/replaydiff/replay/scenarios/suite"
)

var server *httptest.Server
var _ = BeforeSuite(func() {
	app, err := shop.New(shop.Config{}) // your http.Handler
	Expect(err).NotTo(HaveOccurred())
	server = httptest.NewServer(app)
	DeferCleanup(server.Close)
})
var _ = specs.DescribeScenarios("shop", specs.Against("ok.har", func() string { return server.URL }, specs.AllowUnsafe("POST")),
	MissingCredentials().On("POST /api/orders"), TokenSignatureInvalid(AlgNone), CSRFTokenMissing().On("POST /orders"))

func TestShop(t *testing.T) { RegisterFailHandler(Fail); RunSpecs(t, "shop") }
