package servers

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// fill puts values in the place of {{name}}. The braces are doubled because
// each of $x, %x, {x} and ${x} means something to one of the servers.
func fill(conf string, values Values) (string, error) {
	var unknown []string
	placeholder := regexp.MustCompile(`\{\{([a-z][a-z0-9_-]*)\}\}`)
	filled := placeholder.ReplaceAllStringFunc(conf, func(match string) string {
		name := strings.Trim(match, "{}")
		value, ok := values[name]
		if !ok && !slices.Contains(unknown, name) {
			unknown = append(unknown, name)
		}
		return value
	})
	if len(unknown) > 0 {
		return "", fmt.Errorf("no value for {{%s}}; there are values for: %s",
			strings.Join(unknown, "}}, {{"), strings.Join(slices.Sorted(maps.Keys(values)), ", "))
	}
	return filled, nil
}

// numbered is the configuration with line numbers, as servers name them in
// their errors.
func numbered(conf string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(conf, "\n"), "\n") {
		fmt.Fprintf(&b, "%4d  %s\n", i+1, line)
	}
	return b.String()
}
