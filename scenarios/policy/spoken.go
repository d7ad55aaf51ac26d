package policy

import (
	"fmt"
	"math"
	"time"
)

// spoken is a duration as a person says it, to two digits or so.
func spoken(d time.Duration) string {
	d = d.Abs()
	one := func(n float64, unit string) string {
		rounded := math.Round(n)
		if math.Abs(n-rounded) >= 0.05 && n < 10 {
			return fmt.Sprintf("%.1f %s", n, unit)
		}
		return fmt.Sprintf("%.0f %s", rounded, unit)
	}
	switch {
	case d < 2*time.Minute:
		return one(d.Seconds(), "s")
	case d < 2*time.Hour:
		return one(d.Minutes(), "min")
	case d < 48*time.Hour:
		return one(d.Hours(), "h")
	}
	return one(d.Hours()/24, "days")
}
