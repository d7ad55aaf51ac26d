package suite

import (
	_ "embed"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/expect"
)

//go:embed suite.schema.json
var schema []byte

// Schema is the JSON Schema (2020-12) of a suite's YAML, for editors. A test
// keeps it equal to what the parameters of the causes make.
func Schema() []byte { return schema }

type object = map[string]any

// makeSchema builds the schema from the causes and their parameters.
func makeSchema() ([]byte, error) {
	text := object{"type": "string", "minLength": 1}
	secret := object{"type": "string", "pattern": `^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$`}
	auth := object{"type": "string", "pattern": `(env:|file:)`, "description": `Where the credential is kept: "Bearer env:TOKEN", "X-Api-Key: env:KEY", "Basic user:env:PASSWORD".`}
	root := closed(object{
		"capture":   described(text, "The working capture: HAR, go-vcr cassette or curl lines. A relative path begins at the folder of this file."),
		"target":    object{"type": "string", "pattern": `^https?://[^/?#@]+(/[^?#]*)?$`, "description": "The server that is asked. --target goes before it."},
		"auth":      auth,
		"auth-from": described(text, "A command that prints the credential."),
		"sign-with": described(exactlyOne(object{"hs256": secret, "rs256": secret, "es256": secret, "mint": text}), "How tokens are made that the target trusts."),
		"login":     ref("login"),
		"users":     object{"type": "object", "additionalProperties": object{"anyOf": []any{auth, closed(object{"login": ref("login")}, "login")}}, "description": "Further users, by name, for a matrix."},
		"allow-unsafe": described(object{"anyOf": []any{object{"const": "all"}, listOf(object{"type": "string", "pattern": `^[^a-z ]+$`, "not": object{"enum": []string{"CONNECT", "TRACE"}}})}},
			"Methods that may be sent beyond GET, HEAD and OPTIONS, whose effects may stay: [POST, PUT]."),
		"policy":    policySchema(),
		"scenarios": object{"type": "array", "items": object{"anyOf": []any{ref("cause"), ref("scenario")}}},
	}, "capture")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "https://github.com/replaydiff/replay/scenarios/suite/suite.schema.json"
	root["title"] = "Scenarios of replay (*.replay.yaml)"
	root["$defs"] = object{"scenario": scenarioSchema(), "cause": causeEnum(), "answer": answerSchema(), "value": valueSchema(), "values": listOf(ref("value")), "status": statusSchema(), "route": routeSchema(), "login": loginSchema(), "take": takeSchema()}
	out, err := json.Marshal(root, json.Deterministic(true), jsontext.WithIndent("  "))
	return append(out, '\n'), err
}

func described(o object, text string) object {
	out := object{"description": text}
	for k, v := range o {
		out[k] = v
	}
	return out
}

func closed(properties object, required ...string) object {
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

func exactlyOne(properties object) object {
	o := closed(properties)
	o["minProperties"], o["maxProperties"] = 1, 1
	return o
}

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

// listOf is a list of that, or one of it.
func listOf(item object) object {
	return object{"anyOf": []any{item, object{"type": "array", "items": item}}}
}

func words[T ~string](known []T) object {
	var all []any
	for _, k := range known {
		all = append(all, string(k))
	}
	return object{"enum": all}
}

// causeEnum lists the causes with their meaning, which editors show.
func causeEnum() object {
	var all []any
	for _, c := range scenarios.Catalogue() {
		if c.Inject != nil {
			all = append(all, object{"const": c.ID, "description": c.Means})
		}
	}
	return object{"oneOf": all}
}

func scenarioSchema() object {
	o := closed(object{
		"name":   described(object{"type": "string"}, "For reports; made of the cause, its parameters and the route where it is left out."),
		"cause":  ref("cause"),
		"with":   object{"type": "object"},
		"on":     described(listOf(ref("route")), "The requests that the cause is put into; the one that decides where it is left out."),
		"expect": expectSchema(),
		"matrix": described(closed(object{
			"origins": listOf(parameterSchema(scenarios.Parameter{Type: scenarios.TypeOrigin})),
			"routes":  listOf(ref("route")),
			"users":   listOf(object{"type": "string"}),
		}), "Repeats the scenario for every combination."),
	}, "cause")
	var conditions []any
	for _, c := range scenarios.Catalogue() {
		if c.Inject != nil {
			conditions = append(conditions, object{
				"if":   object{"properties": object{"cause": object{"const": c.ID}}, "required": []string{"cause"}},
				"then": object{"properties": object{"with": parametersSchema(c)}},
			})
		}
	}
	o["allOf"] = conditions
	return o
}

func parametersSchema(c *scenarios.Cause) object {
	properties := object{}
	for _, p := range c.Parameters {
		properties[p.Name] = parameterSchema(p)
	}
	return closed(properties)
}

func parameterSchema(p scenarios.Parameter) object {
	o := object{"type": "string"}
	switch p.Type {
	case scenarios.TypeChoice:
		var all []any
		for _, c := range p.Choices {
			all = append(all, object{"const": c.Value, "description": c.Doc})
			if isDigits(c.Value) {
				all = append(all, object{"const": jsontext.Value(c.Value), "description": c.Doc}) // YAML reads 302 as a number
			}
		}
		o = object{"oneOf": all}
	case scenarios.TypeNumber:
		o = object{"type": "integer", "minimum": 1, "maximum": p.Max}
	case scenarios.TypeDuration:
		o["pattern"] = `^([0-9.]+(ns|us|µs|ms|s|m|h))+$`
	case scenarios.TypeOrigin:
		o["pattern"] = `^(null|[a-z][a-z0-9+.-]*://[^/?#@]+)$`
	case scenarios.TypeHost:
		o["pattern"] = `^[^/?#@ ]+$`
	case scenarios.TypePath:
		o["pattern"] = `^/[^ ?#;]*$`
	case scenarios.TypeRoute:
		o = routeSchema()
	case scenarios.TypeSecret:
		o["pattern"] = `^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$`
	case scenarios.TypeText:
		o = object{"type": []string{"string", "number", "boolean"}} // as written
	}
	if p.Doc != "" {
		o["description"] = strings.ToUpper(p.Doc[:1]) + p.Doc[1:] + "."
	}
	if p.Default != "" {
		o["default"] = p.Default
	}
	return o
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func routeSchema() object {
	return object{"type": "string", "pattern": `^[^a-z ]+ /[^ ?#]*$`, "description": "A method and a path: GET /orders/{}, where {} stands for any segment."}
}

func expectSchema() object {
	return object{
		"description": "What should come back, where that is not what the cause expects. Of a list, any.",
		"anyOf":       []any{ref("status"), object{"const": "recorded"}, ref("answer"), object{"type": "array", "items": ref("answer")}},
	}
}

func statusSchema() object {
	return object{"anyOf": []any{object{"type": "integer", "minimum": 100, "maximum": 999}, object{"type": "string", "pattern": `^([1-5][xX][xX]|[1-9][0-9][0-9](-[1-9][0-9][0-9])?)$`}}}
}

func valueSchema() object {
	text := object{"type": []string{"string", "number", "boolean"}}
	yes := object{"const": true}
	return object{
		"description": "A text that it must be, or one comparison.",
		"anyOf":       []any{text, exactlyOne(object{"is": text, "contains": text, "matches": text, "present": yes, "absent": yes})},
	}
}

func answerSchema() object {
	values := object{"type": "object", "additionalProperties": ref("values")}
	attributes := object{"state": words(expect.CookieStates())}
	for _, name := range cookieAttributes() {
		attributes[name] = ref("values")
	}
	o := closed(object{
		"status":     listOf(ref("status")),
		"challenge":  listOf(object{"anyOf": []any{object{"type": "string"}, closed(object{"scheme": object{"type": "string"}, "params": values}, "scheme")}}),
		"headers":    values,
		"cookies":    object{"type": "object", "additionalProperties": object{"anyOf": []any{words(expect.CookieStates()), closed(attributes)}}},
		"body":       closed(object{"json": described(values, "Values by JSON Pointer: /error/code."), "text": ref("values")}),
		"login":      described(words(expect.LoginForms()), "The answer asks for a login."),
		"voice":      described(words(expect.Voices()), "How a refusal speaks of the credential."),
		"cors":       described(words(expect.CORSVerdicts()), "What a browser lets the page do."),
		"same-as":    object{"const": "recorded", "description": "The recorded answer, but for noise."},
		"disguised":  object{"const": true, "description": "A refusal under a good status: errors of GraphQL, OAuth or gRPC, a block page."},
		"unanswered": object{"const": true, "description": "No answer comes."},
		"within":     described(parameterSchema(scenarios.Parameter{Type: scenarios.TypeDuration}), "The most that it may take."),
	})
	o["minProperties"] = 1
	return o
}
