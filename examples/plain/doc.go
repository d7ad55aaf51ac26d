// Package plain guards the orders API of
// [github.com/replaydiff/replay/examples/api] with go test and nothing else: no
// Ginkgo, no YAML. plain_test.go is what is to be copied:
//
//   - TestOrders runs scenarios as subtests.
//   - TestMatchers asks single answers what they are.
//   - TestReport runs scenarios by hand, for those who want the report.
package plain
