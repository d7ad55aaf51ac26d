package scenarios

import (
	"math"
	"testing"
)

// How far confidence and success may be apart. Most of the error is modesty:
// what only a second vantage point can show is held at 0.75, and is right in
// nineteen cases of twenty here. Too much confidence is another matter.
const (
	maxCalibrationError = 0.06
	maxOverconfidence   = 0.01
)

// TestCalibration: of the answers given with 80 %, 80 % are right. The
// expected calibration error is taken over ten bins of confidence, by the
// flows that nothing was tuned on. Every cause weighs the same, however many
// flows it fits.
func TestCalibration(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	list := inSet(trials(), checking)
	perCause := map[string]float64{}
	for _, x := range list {
		perCause[x.cause.ID]++
	}
	var bins [10]struct{ weight, confidence, right float64 }
	total := 0.0
	for _, x := range list {
		w := 1 / perCause[x.cause.ID]
		b := &bins[min(9, int(x.confidence()*10))]
		b.weight += w
		b.confidence += w * x.confidence()
		if x.first() {
			b.right += w
		}
		total += w
	}
	calibrationError, overconfidence := 0.0, 0.0
	for i, b := range bins {
		if b.weight == 0 {
			continue
		}
		t.Logf("%.1f–%.1f: %5.1f %% of the answers, confidence %.3f, right %.3f",
			float64(i)/10, float64(i+1)/10, 100*b.weight/total, b.confidence/b.weight, b.right/b.weight)
		calibrationError += math.Abs(b.confidence-b.right) / total
		overconfidence += max(0, b.confidence-b.right) / total
	}
	t.Logf("expected calibration error %.3f, of it overconfidence %.3f, over %d pairs of %d causes",
		calibrationError, overconfidence, len(list), len(perCause))
	if calibrationError > maxCalibrationError {
		t.Errorf("expected calibration error %.3f, want at most %.2f", calibrationError, maxCalibrationError)
	}
	if overconfidence > maxOverconfidence {
		t.Errorf("overconfidence %.3f, want at most %.2f", overconfidence, maxOverconfidence)
	}
}
