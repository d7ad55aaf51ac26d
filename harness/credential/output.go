package credential

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/replaydiff/replay/diff/traffic"
)

// An output is what a command printed.
type output struct {
	Credential
	lifetime time.Duration // 0: it says nothing
}

// readOutput tells a token, header lines and JSON apart.
func readOutput(text string, now time.Time) (output, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	switch {
	case text == "":
		return output{}, errors.New("the command printed nothing on standard output")
	case text[0] == '{':
		return readJSON(text, now)
	}
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if strings.IndexFunc(strings.Join(lines, ""), isControl) >= 0 {
		return output{}, errors.New("the command printed a control character: a credential has none")
	}
	if len(lines) == 1 && !isField(lines[0]) {
		return readToken(lines[0])
	}
	return readFields(lines)
}

func isField(line string) bool {
	name, _, ok := strings.Cut(line, ":")
	return ok && httpguts.ValidHeaderFieldName(name)
}

// readToken reads a token, with its scheme or without.
func readToken(line string) (output, error) {
	var out output
	scheme, rest, ok := strings.Cut(line, " ")
	switch {
	case len(line) > 1 && line[0] == '"' && line[len(line)-1] == '"':
		return readToken(line[1 : len(line)-1]) // a JSON string, as jq without -r prints it
	case !ok:
		out.Token = line
	case strings.Contains(strings.TrimSpace(rest), " ") && !strings.Contains(rest, "="), !httpguts.ValidHeaderFieldName(scheme):
		return out, errors.New("the command printed a sentence: it has to print a token, lines \"Header: value\" or JSON with access_token")
	default:
		out.Fields = []traffic.HeaderField{{Name: "Authorization", Value: line}}
	}
	return out, nil
}

func readFields(lines []string) (output, error) {
	var out output
	for i, line := range lines {
		if !isField(line) {
			return out, fmt.Errorf("line %d of what the command printed is no \"Header: value\"", i+1)
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch lower := strings.ToLower(name); {
		case value == "":
			return out, fmt.Errorf("the command printed the field %s without a value", name)
		case lower == "cookie":
			for pair := range strings.SplitSeq(value, ";") {
				if cookie, v, ok := strings.Cut(strings.TrimSpace(pair), "="); ok {
					out.Cookies = append(out.Cookies, traffic.Param{Name: cookie, Value: v})
				}
			}
		case Computed(name):
			return out, fmt.Errorf("the command printed the field %s, which is computed for each request", name)
		default:
			out.Fields = append(out.Fields, traffic.HeaderField{Name: name, Value: value})
		}
	}
	return out, nil
}

// printed are the members that tools print: the answer of a token endpoint (RFC
// 6749 section 5.1), az account get-access-token, an ExecCredential of
// Kubernetes.
type printed struct {
	AccessToken  string      `json:"access_token"`
	AccessToken2 string      `json:"accessToken"`
	Token        string      `json:"token"`
	TokenType    string      `json:"token_type"`
	TokenType2   string      `json:"tokenType"`
	ExpiresIn    any         `json:"expires_in"`
	ExpiresIn2   any         `json:"expiresIn"`
	ExpiresOn    any         `json:"expires_on"` // seconds since 1970
	Status       *execStatus `json:"status"`
}

type execStatus struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expirationTimestamp"`
}

func readJSON(text string, now time.Time) (output, error) {
	var p printed
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return output{}, errors.New("the command printed JSON that can't be read as a token: it needs access_token, and may have token_type and expires_in")
	}
	token := first(p.AccessToken, p.AccessToken2, p.Token)
	lifetime := max(seconds(p.ExpiresIn), seconds(p.ExpiresIn2))
	if lifetime == 0 {
		lifetime = until(p.ExpiresOn, now)
	}
	if token == "" && p.Status != nil {
		token = p.Status.Token
		if !p.Status.Expires.IsZero() {
			lifetime = p.Status.Expires.Sub(now)
		}
	}
	if token == "" {
		return output{}, errors.New("the command printed JSON without access_token")
	}
	c, err := ofToken(token, first(p.TokenType, p.TokenType2))
	return output{c, lifetime}, err
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// ofToken makes a credential of an access token and its type, which is a scheme
// in whatever case (RFC 6749 section 5.1).
func ofToken(token, kind string) (Credential, error) {
	if strings.IndexFunc(token, isControl) >= 0 || strings.TrimSpace(token) == "" {
		return Credential{}, errors.New("the token is empty or holds a control character")
	}
	token = strings.TrimSpace(token)
	switch strings.ToLower(kind) {
	case "":
		return Credential{Token: token}, nil
	case "bearer":
		kind = "Bearer" // some servers compare with case
	case "dpop", "mac", "pop":
		return Credential{}, fmt.Errorf("the token is of the type %s, which takes a proof for each request: ask for a Bearer token", strings.ToLower(kind))
	}
	if !httpguts.ValidHeaderFieldName(kind) {
		return Credential{}, errors.New("the token_type is no scheme")
	}
	return Credential{Fields: []traffic.HeaderField{{Name: "Authorization", Value: kind + " " + token}}}, nil
}
