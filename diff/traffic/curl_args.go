package traffic

import (
	"regexp"
	"strings"
)

// A curlOperation is the part of a command line between two --next: its URLs
// and the options that hold for all of them.
type curlOperation struct {
	command *curlCommand
	start   curlWord

	urls, uploads []curlWord

	method, agent, referer, span, from string // span is -r, from is -C and goes before it
	cookies                            []string
	headers                            []string
	since                              string // If-Modified-Since or If-Unmodified-Since, whole
	target                             *curlWord
	proto, guess                       string
	query                              []string // --url-query

	user, bearer *curlWord
	auth         map[string]bool // the schemes asked for: basic, bearer, digest, …

	data []byte
	sent curlSource // what the body is made from
	json bool
	form []curlPart

	head, get, globOff, asIs, compressed, transfer, escape bool
}

// A curlSource is where the body of an operation comes from. Curl takes one
// of them only.
type curlSource struct {
	option  string // the option that chose it; "" is none
	form    bool
	unknown bool // it is one file, so nothing of the content is known
}

// Parse splits a command line into its operations.
func (r *curlReader) parse(c *curlCommand) []*curlOperation {
	op := newOperation(c, c.name)
	operations := []*curlOperation{op}
	flags := true
	for i := 0; i < len(c.args); i++ {
		arg := c.args[i]
		switch {
		case !flags || !strings.HasPrefix(arg.text, "-"):
			op.urls = append(op.urls, arg)
		case arg.text == "--":
			flags = false
		case arg.text == "--next" || arg.text == "-:":
			if len(op.urls) == 0 {
				r.fail(arg, "no URL stands before --next")
			}
			op = newOperation(c, arg)
			operations = append(operations, op)
		default:
			if r.options(op, arg, c.args[i+1:]) {
				i++
			}
		}
	}
	for _, op := range operations {
		r.checkURLs(op)
	}
	return operations
}

func newOperation(c *curlCommand, start curlWord) *curlOperation {
	return &curlOperation{command: c, start: start, auth: map[string]bool{}}
}

// CheckURLs leaves words alone that may as well be options, or nothing.
func (r *curlReader) checkURLs(op *curlOperation) {
	var known []curlWord
	for _, u := range op.urls {
		if !u.bare {
			known = append(known, u)
		}
	}
	if len(known) > 0 && len(known) < len(op.urls) {
		op.command.warn("an unquoted expansion among the arguments can't be known and was left out")
		op.urls = known
	}
	if len(op.urls) == 0 {
		r.fail(op.start, "this command has no URL; add the address that it requests")
	}
}

// Options applies one word of options: --long, --long=value, or -abc. It
// tells whether the next word was used up as a value.
func (r *curlReader) options(op *curlOperation, arg curlWord, next []curlWord) (used bool) {
	if name, ok := strings.CutPrefix(arg.text, "--"); ok {
		return r.longOption(op, arg, name, next)
	}
	for i := 1; i < len(arg.text); i++ {
		option, ok := shortOption(arg.text[i])
		if !ok {
			r.fail(arg, "curl has no option -%s; see curl --help all", printableLetter(arg.text[i]))
			return false
		}
		if !option.value {
			r.apply(op, option.name, arg, true, curlWord{})
			continue
		}
		if i+1 < len(arg.text) {
			value := arg
			value.text = arg.text[i+1:]
			r.apply(op, option.name, arg, true, value)
			return false
		}
		return r.applyNext(op, option.name, arg, next)
	}
	if arg.text == "-" {
		r.fail(arg, "a lone - is no option and no URL")
	}
	return false
}

func (r *curlReader) longOption(op *curlOperation, arg curlWord, name string, next []curlWord) (used bool) {
	name, value, inline := strings.Cut(name, "=")
	if _, expand := strings.CutPrefix(name, "expand-"); expand {
		r.fail(arg, "--expand-… takes its value from --variable; write the value into the command")
		return true
	}
	option, on, older, ok := longOption(name)
	if !ok {
		if r.mistakes.full() {
			r.mistakes.more++ // without looking for the nearest name
		} else {
			r.fail(arg, "%s", unknownOption(name))
		}
		return false
	}
	if older {
		op.command.warn("--%s is written short; curl 8.8 and later refuse that", option.name)
	}
	if !option.value {
		r.apply(op, option.name, arg, on, curlWord{})
		return false
	}
	if inline {
		op.command.warn("--%s=… needs curl 8.16 or later; older ones refuse the =", option.name)
		word := arg
		word.text = value
		r.apply(op, option.name, arg, true, word)
		return false
	}
	return r.applyNext(op, option.name, arg, next)
}

func (r *curlReader) applyNext(op *curlOperation, name string, arg curlWord, next []curlWord) (used bool) {
	if len(next) == 0 {
		r.fail(arg, "option --%s needs a value after it", name)
		return false
	}
	r.apply(op, name, arg, true, next[0])
	return true
}

// plainName is a name that can't hide a secret: what was meant as an option,
// not a value glued to one.
var plainName = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,31}$`)

func unknownOption(name string) string {
	if !plainName.MatchString(name) {
		return "curl has no option of that name; see curl --help all"
	}
	if near := nearestOption(name); near != "" {
		return "curl has no option --" + name + "; did you mean --" + near + "?"
	}
	return "curl has no option --" + name + "; see curl --help all"
}

func printableLetter(c byte) string {
	if c > ' ' && c < 0x7f {
		return string(rune(c))
	}
	return "(a byte that is no letter)"
}
