// Package specs keeps causes from coming back in the test suites of Go
// programs: scenarios as specs of Ginkgo or as plain tests, and Gomega matchers
// whose failure messages hold the difference and the likely cause.
//
// A complete suite; nothing but the capture is needed beside it:
//
//	package api_test
//
//	import (
//		"net/http/httptest"
//		"testing"
//
//		. "github.com/onsi/ginkgo/v2"
//		. "github.com/onsi/gomega"
//
//		"github.com/replaydiff/replay/harness/specs"
//		. "github.com/replaydiff/replay/scenarios/suite"
//	)
//
//	var server *httptest.Server
//	var _ = BeforeSuite(func() { server = httptest.NewServer(NewAPI()); DeferCleanup(server.Close) })
//	var _ = specs.DescribeScenarios("api", specs.Against("ok.har", func() string { return server.URL }, specs.AllowUnsafe()),
//		MissingCredentials().On("GET /api/me"), MissingBearerPrefix(), TokenSignatureInvalid(AlgNone))
//
//	func TestAPI(t *testing.T) { RegisterFailHandler(Fail); RunSpecs(t, "api") }
//
// In reading order:
//
//   - [Bench] is a working capture and the server that scenarios are tried on;
//     [Against] makes it, each [Option] has one effect.
//   - [DescribeScenarios] makes a spec of each scenario, [RunScenarios] a
//     subtest. Both take values of package suite, and files by [ReadSuite].
//   - The matchers compare what was said: [DifferFrom], [HaveCause],
//     [ReplayLike]; or judge one answer as its client would: [PassPreflight],
//     [SendCookie], [Challenge].
//
// Specs are the same in every process of a parallel run, for they are made of
// the scenarios alone; processes share nothing. Captures, keys and the address of
// the server are read when a spec runs.
//
// The law it keeps: a scenario that could not be tried fails, with what is
// missing; it never counts as passed. No message holds a secret.
//
// It is not for sending requests (package harness), nor for reports in files
// (harness/report, or Ginkgo's own).
package specs
