package credential

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// Mint has tokens signed by a command of the user, who has the key: an IdP of a
// test, a small program. It is a Signer of package scenarios.
type Mint struct {
	Line    string        // for the shell, as of [Command]
	Timeout time.Duration // of one token, 0: 60 seconds
	Mask    *mask.Masker  // learns each token; nil: none does
}

// Algorithm is any: the command decides.
func (m *Mint) Algorithm() string { return "" }

// Sign gives the command {"header":…,"claims":…} on its standard input, and
// reads the token in compact form from its standard output.
func (m *Mint) Sign(header, claims []byte) (string, error) {
	input, err := json.Marshal(map[string]json.RawMessage{"header": header, "claims": claims})
	if err != nil {
		return "", errors.New("sign-with mint: the header or the claims are no JSON")
	}
	stdout, stderr, err := commandOutput(context.Background(), "sign-with mint", m.Line, input, m.Timeout)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(stdout.String())
	if strings.Count(token, ".") != 2 || strings.ContainsAny(token, " \t\r\n") {
		return "", errors.New("sign-with mint: the command printed no token in compact form (three parts with dots between)" + told(stderr, stdout))
	}
	if m.Mask != nil {
		m.Mask.Learn(token, "jwt")
	}
	return token, nil
}
