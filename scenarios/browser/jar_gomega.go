package browser

import "strings"

// GomegaString is what a failing assertion of Gomega shows of the jar: names.
// It would print the values otherwise.
func (j *Jar) GomegaString() string {
	if j == nil {
		return "no jar"
	}
	var names []string
	for _, c := range j.All() {
		names = append(names, c.Name)
	}
	return "jar with the cookies " + strings.Join(names, ", ")
}
