package hostile

import (
	"strings"
	"testing"
)

// yamlOf is the beginning of a file of each kind, which a value follows.
func yamlOf() []string {
	return []string{
		"version: 1\ninteractions:\n- x: ", "version: 2\ninteractions: ", "capture: ", "scenarios: ", "capture: a.har\nscenarios:\n- expired-token: ", "users: ", "ignore: ", "logins:\n  a: ", "logins:\n  a:\n    requests: ", "accepted: ", "accepted:\n- template: ", "probes: ", "findings: ", "",
	}
}

func inYAML(value string) func() [][]byte {
	return func() [][]byte {
		var all [][]byte
		for _, head := range yamlOf() {
			all = append(all, []byte(head+value+"\n"))
		}
		return all
	}
}

// laughs are aliases of aliases: ten to the power of levels values.
func laughs(levels int) string {
	var b strings.Builder
	b.WriteString("_0: &a0 [" + list(10, `"`+canary+`"`) + "]\n")
	for i := 1; i <= levels; i++ {
		b.WriteString("_" + number(i) + ": &a" + number(i) + " [" + list(10, "*a"+number(i-1)) + "]\n")
	}
	return b.String() + "interactions: *a" + number(levels) + "\nscenarios: *a" + number(levels) + "\nignore: *a" + number(levels) + "\naccepted: *a" + number(levels) + "\nprobes: *a" + number(levels) + "\n"
}

func manyKeys(n int, indent string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(indent + "k" + number(i) + ": \"" + canary + "\"\n")
	}
	return b.String()
}

func TestYAML(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	keysOf := func(heads ...string) func() [][]byte {
		return func() [][]byte {
			var all [][]byte
			for _, head := range heads {
				all = append(all, []byte(head+manyKeys(40_000, "  ")))
			}
			return all
		}
	}
	const keys, keysTime = 256 << 20, 2e9
	check(t, []row{
		{name: "aliases of aliases", reason: "nine lines are a billion values", readers: yamls, want: ends,
			inputs: made(func() string { return laughs(9) })},
		{name: "aliases of mappings", reason: "the same with merge keys", readers: yamls, want: ends,
			inputs: made(func() string {
				var b strings.Builder
				b.WriteString("version: 1\n_0: &a0 {k: \"" + canary + "\"}\n")
				for i := 1; i < 40; i++ {
					p := number(i - 1)
					b.WriteString("_" + number(i) + ": &a" + number(i) + " {<<: [*a" + p + ", *a" + p + "], x" + number(i) + ": *a" + p + "}\n")
				}
				return b.String() + "interactions: [*a39]\nprobes: *a39\n"
			})},
		{name: "an alias of itself", reason: "a walk never ends", readers: yamls, want: ends,
			inputs: inYAML("&a [*a, {x: *a}]")},
		{name: "a mapping in itself", reason: "as a value, as a key, as what is merged", readers: yamls, want: ends,
			inputs: func() [][]byte {
				var all [][]byte
				for _, head := range yamlOf() {
					for _, value := range []string{"&a {a: *a, form: *a, accepted: *a}", "&a {? *a : b}", "&a {<<: *a}", "&a {<<: [*a, *a]}"} {
						all = append(all, []byte(head+value+"\n"))
					}
				}
				return all
			}},
		{name: "an anchor that is not there", reason: "the parser's words repeat its name", readers: yamls, want: ends,
			inputs: inYAML("*" + canary)},
		{name: "40,000 keys in a cassette", reason: "comparing each key with each other takes minutes", readers: []reader{capture}, want: ends, memory: keys, time: keysTime,
			inputs: keysOf("version: 1\ninteractions:\n- request:\n  ")},
		{name: "40,000 keys beside a cassette's", reason: "they are kept, and written back", readers: []reader{capture}, want: safe, memory: 2 * keys, time: 2 * keysTime,
			inputs: keysOf("version: 1\nx:\n")},
		{name: "40,000 headers in a cassette", reason: "each is a list of its own", readers: []reader{capture}, want: safe, memory: 4 * keys, time: 2 * keysTime,
			inputs: made(func() string {
				return "version: 1\ninteractions:\n- request:\n    method: GET\n    url: https://a.test/\n    headers:\n" + strings.ReplaceAll(manyKeys(40_000, "      "), `"`+canary+`"`, "[a]") + "  response: {code: 200}\n"
			})},
		{name: "40,000 unknown keys in a cassette", reason: "they are kept, and written back", readers: []reader{capture}, want: safe, memory: 4 * keys, time: 2 * keysTime,
			inputs: made(func() string {
				return "version: 1\ninteractions:\n- request:\n    method: GET\n    url: https://a.test/\n  response: {code: 200}\n" + manyKeys(40_000, "  ")
			})},
		{name: "40,000 keys in a suite", reason: "as in a cassette", readers: []reader{suites}, want: "in", memory: keys, time: keysTime,
			inputs: keysOf("capture: a.har\nusers:\n", "capture: a.har\nx:\n", "scenarios:\n- expired-token:\n  ")},
		{name: "40,000 keys in settings", reason: "as in a cassette", readers: []reader{setting}, want: "in", memory: keys, time: keysTime,
			inputs: keysOf("logins:\n", "x:\n")},
		{name: "40,000 keys in a baseline", reason: "as in a cassette", readers: []reader{baseline}, want: "in", memory: keys, time: keysTime,
			inputs: keysOf("accepted:\n", "x:\n")},
		{name: "40,000 keys in a baseline of a proxy", reason: "as in a cassette", readers: []reader{passage}, want: ends, memory: keys, time: keysTime,
			inputs: keysOf("probes:\n", "changes:\n")},
		{name: "a million keys", reason: "the longest file of its kind", readers: []reader{baseline, passage}, want: ends, memory: 4 << 30, time: 30e9,
			inputs: made(func() string { return "probes:\n" + manyKeys(1_000_000/slow, "  ") })},
		{name: "the same key", reason: "two of them at once, a million times", readers: yamls, want: ends, memory: 4 << 30, time: 30e9,
			inputs: made(func() string { return "version: 1\ninteractions:\n" + strings.Repeat("- {a: 1, a: 2}\n", 40_000) })},
		{name: "deep in flow style", reason: "the parser recurses", readers: yamls, want: "in", memory: 1 << 30,
			inputs: made(func() string { return "a: " + nested("[", "]", deep) })},
		{name: "deep in block style", reason: "each level is one blank more", readers: yamls, want: "in", memory: 1 << 30,
			inputs: made(func() string { return "a:\n  " + strings.Repeat("- ", deep) + "x" })},
		{name: "deep keys", reason: "a key may be a mapping whose key is a mapping", readers: yamls, want: "in", memory: 1 << 30,
			inputs: made(func() string { return strings.Repeat("? ", deep) })},
		{name: "unclosed", reason: "a million brackets", readers: yamls, want: "in", memory: 2 << 30,
			inputs: made(func() string { return "version: 1\ninteractions: " + strings.Repeat("[{", 400_000) })},
		{name: "tags", reason: "some languages make objects of them, and run what they hold", readers: yamls, want: ends,
			inputs: func() [][]byte {
				var all [][]byte
				for _, head := range yamlOf() {
					for _, tag := range []string{"!!binary " + canary, `!!binary "` + canary + `"`, "!!python/object/apply:os.system [" + canary + "]", "!!js/function 'f'", "!<tag:" + canary + ">" + " x", "!" + "local x", "!!timestamp " + canary, "!!int " + canary, "!!float .inf", "!!null x", "!!set {a, b}", "!!omap [a: 1]", "!!str", "!!map x", "!!seq {a: 1}", "!!merge x"} {
						all = append(all, []byte(head+tag+"\n"))
					}
				}
				return all
			}},
		{name: "directives", reason: "a version that nobody knows, tags that are renamed", readers: yamls, want: ends,
			inputs: func() [][]byte {
				return [][]byte{[]byte("%YAML 9.9\n---\nversion: 1\n"), []byte("%TAG ! tag:" + canary + ",2026:\n---\nversion: !x 1\n"), []byte(strings.Repeat("%"+"FOO bar\n", 100_000) + "---\nversion: 1\n"), []byte("%YAML " + canary + "\n---\nx: 1\n")}
			}},
		{name: "booleans of YAML 1.1", reason: "NO is a country, on is a key, 1:20 is 80", readers: yamls, want: ends,
			inputs: func() [][]byte {
				var all [][]byte
				for _, head := range yamlOf() {
					for _, value := range []string{"NO", "on", "y", "1:20", "0o17", "017", "0x1f", "1_000", "~", ".nan", "-.inf", "2026-11-24", "<<", "=", "{on: off}"} {
						all = append(all, []byte(head+value+"\n"))
					}
				}
				return all
			}},
		{name: "a million documents", reason: "a file is one", readers: yamls, want: "in", memory: 1 << 30,
			inputs: made(func() string { return "version: 1\ninteractions: []\n" + strings.Repeat("---\nx: 1\n", 90_000) })},
		{name: "comments", reason: "they are gathered for what follows", readers: yamls, want: ends, memory: 4 << 30, time: 30e9,
			inputs: made(func() string { return strings.Repeat("# "+canary+"\n", 40_000) + "version: 1\n" })},
		{name: "long text", reason: "folded, quoted and plain, in a million lines", readers: yamls, want: ends, memory: 4 << 30, time: 30e9,
			inputs: inYAMLMany("|\n", ">\n", "\"", "'", "")},
	})
}

func inYAMLMany(styles ...string) func() [][]byte {
	return func() [][]byte {
		var all [][]byte
		for _, style := range styles {
			all = append(all, []byte("version: 1\nx: "+style+strings.Repeat("   a\n\n", 100_000)))
		}
		return all
	}
}
