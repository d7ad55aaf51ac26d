package scenarios

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/scenarios/browser"
)

// A Parameter is what can be chosen of an injection. Values are texts, as a
// person writes them.
type Parameter struct {
	Name     string
	Type     ParameterType
	Choices  []Choice // of TypeChoice
	Default  string   // used where none is given; "" leaves it to the injector
	Required bool
	Max      int    // of TypeNumber
	Doc      string // what it is: a phrase
}

// A Choice is one of the values that a parameter may have.
type Choice struct {
	Value string
	Doc   string

	// Lenient tells that a server may well accept this one: what it means to be
	// accepted is then not that of the cause.
	Lenient bool
}

// A ParameterType is what the text of a parameter must be.
type ParameterType string

// The types.
const (
	TypeText     ParameterType = "text"
	TypeChoice   ParameterType = "choice"
	TypeDuration ParameterType = "duration" // "2h", "90s", above 0
	TypeNumber   ParameterType = "number"   // above 0
	TypeOrigin   ParameterType = "origin"   // "https://evil.example"
	TypeHost     ParameterType = "host"     // "api.example.com", "127.0.0.1:8080"
	TypePath     ParameterType = "path"     // "/portal"
	TypeRoute    ParameterType = "route"    // "POST /logout"
	TypeAddress  ParameterType = "address"  // an IP address
	TypeSecret   ParameterType = "secret"   // "env:NAME", "file:PATH": never the secret itself
)

// Check tells what is wrong with a value. Its text does not repeat a secret.
func (p Parameter) Check(value string) error {
	switch p.Type {
	case TypeChoice:
		for _, c := range p.Choices {
			if c.Value == value {
				return nil
			}
		}
		return fmt.Errorf("must be one of %s", strings.Join(p.choices(), ", "))
	case TypeDuration:
		if d, err := time.ParseDuration(value); err != nil || d <= 0 {
			return fmt.Errorf("must be a time above 0 such as 2h or 90s")
		}
	case TypeNumber:
		if n, err := strconv.Atoi(value); err != nil || n < 1 || p.Max > 0 && n > p.Max {
			return fmt.Errorf("must be a whole number from 1 to %d", p.Max)
		}
	case TypeOrigin:
		if o, err := browser.ParseOrigin(value); err != nil || o.Opaque() && value != "null" {
			return fmt.Errorf("must be an origin such as https://www.example.com, without a path")
		}
	case TypeHost:
		if u, err := url.Parse("//" + value); err != nil || value == "" || u.Host != value || u.User != nil {
			return fmt.Errorf("must be a host such as api.example.com or 127.0.0.1:8080")
		}
	case TypePath:
		if !strings.HasPrefix(value, "/") || strings.ContainsAny(value, " ?#;") {
			return fmt.Errorf("must be a path that begins with /")
		}
	case TypeRoute:
		return CheckRoute(value)
	case TypeAddress:
		if _, err := netip.ParseAddr(value); err != nil {
			return fmt.Errorf("must be an IP address")
		}
	case TypeSecret:
		return CheckSecret(value)
	case TypeText:
		if strings.ContainsAny(value, "\r\n\x00") {
			return fmt.Errorf("must be one line")
		}
	}
	return nil
}

// CheckSecret wants the place of a secret and not the secret: "env:NAME" or
// "file:PATH".
func CheckSecret(value string) error {
	if name, ok := strings.CutPrefix(value, "env:"); ok && isVariable(name) {
		return nil
	}
	if path, ok := strings.CutPrefix(value, "file:"); ok && path != "" && !strings.ContainsAny(path, "\r\n\x00") {
		return nil
	}
	return fmt.Errorf("must be env:NAME or file:PATH, the place that holds it: a secret does not belong into this file")
}

func isVariable(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c|0x20 < 'a' || 'z' < c|0x20) && (i == 0 || c < '0' || '9' < c) {
			return false
		}
	}
	return name != ""
}

// CheckRoute wants a method and a path: "GET /orders".
func CheckRoute(value string) error {
	method, path, ok := strings.Cut(value, " ")
	if !ok || method == "" || strings.ToUpper(method) != method || !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " ?#\r\n\x00") {
		return fmt.Errorf("must be a method and a path such as GET /orders; {} stands for any segment")
	}
	return nil
}

func (p Parameter) choices() []string {
	var list []string
	for _, c := range p.Choices {
		list = append(list, c.Value)
	}
	return list
}

// Parameter returns the parameter of that name.
func (c *Cause) Parameter(name string) (Parameter, bool) {
	for _, p := range c.Parameters {
		if p.Name == name {
			return p, true
		}
	}
	return Parameter{}, false
}
