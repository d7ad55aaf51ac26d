package mask

import "github.com/replaydiff/replay/diff/traffic"

// Visible is [traffic.Visible]: it makes everything visible that a terminal or
// the log of a CI runner would obey or hide.
func Visible(s string) string { return traffic.Visible(s) }
