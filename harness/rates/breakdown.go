package rates

import (
	"fmt"
	"slices"
	"strings"
)

// A Dimension is something that requests are told apart by.
type Dimension uint8

// The dimensions.
const (
	Route    Dimension = iota // method and template of the path: "GET /orders/{}"
	Host                      // as asked for, without the port
	Agent                     // family of the user agent: "Chrome", "curl"
	Browser                   // family and major version: "Chrome 141"
	Network                   // of the client: /24 of IPv4, /48 of IPv6
	Country                   // two letters, where a header or the log has them
	Answered                  // the layer that answered: "cdn", "proxy", "app"
	dimensions
)

var dimensionNames = [dimensions]string{"route", "host", "agent", "browser", "network", "country", "answered"}

func (d Dimension) String() string { return dimensionNames[d] }

// A Breakdown is the dimensions of one table: requests are in the same row when
// they agree in all of them.
type Breakdown []Dimension

func (b Breakdown) String() string {
	names := make([]string, len(b))
	for i, d := range b {
		names[i] = d.String()
	}
	return strings.Join(names, "+")
}

// DefaultBreakdowns are those of a report that asks for none.
func DefaultBreakdowns() []Breakdown {
	return []Breakdown{{Route}, {Host}, {Agent}, {Network}, {Country}, {Answered}}
}

// ParseBreakdowns reads "route,host" as two tables and "route+host" as one.
func ParseBreakdowns(s string) ([]Breakdown, error) {
	var list []Breakdown
	for text := range strings.SplitSeq(s, ",") {
		var b Breakdown
		for name := range strings.SplitSeq(text, "+") {
			i := slices.Index(dimensionNames[:], strings.TrimSpace(name))
			if i < 0 {
				return nil, fmt.Errorf("%q is nothing that requests are told apart by: it is one of %s; a comma makes two tables, a plus one of both", name, strings.Join(dimensionNames[:], ", "))
			}
			if slices.Contains(b, Dimension(i)) {
				return nil, fmt.Errorf("%q names %s twice", text, dimensionNames[i])
			}
			b = append(b, Dimension(i))
		}
		if slices.ContainsFunc(list, func(had Breakdown) bool { return slices.Equal(had, b) }) {
			return nil, fmt.Errorf("%s is asked for twice", b)
		}
		list = append(list, b)
	}
	return list, nil
}
