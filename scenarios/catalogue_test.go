package scenarios

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// knownIDs are all causes that the catalogue is to hold.
var knownIDs = strings.Fields(`
	missing-credentials wrong-credentials missing-bearer-prefix wrong-auth-scheme malformed-authorization
	api-key-missing api-key-rejected api-key-misplaced request-signature-invalid
	expired-token clock-skew wrong-audience wrong-issuer insufficient-scope token-signature-invalid revoked-token
	refresh-missing auth-loop step-up-required signed-url-expired dpop-or-mtls-binding
	redirect-uri-mismatch pkce-missing client-authentication-failed invalid-grant
	session-cookie-missing session-expired stale-cookie cookie-domain-mismatch cookie-path-mismatch
	cookie-secure-over-http cookie-samesite-blocked cookie-prefix-rejected cookie-too-large
	csrf-token-missing csrf-token-mismatch login-gives-no-session
	cors-preflight-failed cors-origin-not-allowed cors-credentials-not-allowed credentials-not-sent
	wrong-path wrong-host wrong-scheme wrong-method missing-query-parameter
	authorization-dropped-by-proxy authorization-dropped-on-redirect forwarded-headers-missing tls-termination
	cookie-stripped-by-proxy proxy-auth-denied proxy-rewrite
	waf-blocked bot-challenge ip-not-allowed geo-blocked client-rejected rate-limited
	sanitized-capture no-difference
	login-state-lost account-disabled cached-auth-response client-certificate-missing local-network-blocked
	tls-or-network-error integrated-auth-broken
`)

func TestKnownIDs(t *testing.T) {
	if len(knownIDs) != 68 {
		t.Errorf("%d known causes, want 68", len(knownIDs))
	}
}

func TestCatalogue(t *testing.T) {
	present := map[string]bool{}
	for _, c := range Catalogue() {
		switch {
		case present[c.ID]:
			t.Errorf("%s is in the catalogue twice", c.ID)
		case !slices.Contains(knownIDs, c.ID):
			t.Errorf("%s is no known cause", c.ID)
		}
		present[c.ID] = true
		checkProse(t, c)
		checkShape(t, c)
	}
	var missing []string
	for _, id := range knownIDs {
		if !present[id] {
			missing = append(missing, id)
		}
	}
	t.Logf("%d of %d causes; to come: %s", len(present), len(knownIDs), strings.Join(missing, " "))
}

// checkProse: a person in an outage finds something under every heading.
func checkProse(t *testing.T, c *Cause) {
	t.Helper()
	for heading, text := range map[string]string{"Means": c.Means, "Looks": c.Looks, "Kind": string(c.Kind), "Group": string(c.Group)} {
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s: %s is empty", c.ID, heading)
		}
	}
	if len(c.Advice) == 0 || len(c.Refs) == 0 || len(c.Unlike) == 0 {
		t.Errorf("%s: %d pieces of advice, %d references, %d neighbours; none may be missing", c.ID, len(c.Advice), len(c.Refs), len(c.Unlike))
	}
	for _, u := range c.Unlike {
		if !slices.Contains(knownIDs, u.ID) || u.ID == c.ID || u.Text == "" {
			t.Errorf("%s is unlike %q, which is no other cause, or it is not said why", c.ID, u.ID)
		}
	}
	for _, a := range c.Advice {
		if a.Text == "" || a.Where == "" {
			t.Errorf("%s: advice for %q without a text or a place", c.ID, a.Where)
		}
		if n := strings.Count(strings.TrimSpace(a.Snippet), "\n") + 1; n > 3 {
			t.Errorf("%s: the snippet for %s has %d lines, want at most 3", c.ID, a.Where, n)
		}
	}
	for _, id := range c.Explains {
		if !slices.Contains(knownIDs, id) || id == c.ID {
			t.Errorf("%s explains %q, which is no other cause", c.ID, id)
		}
	}
}

// checkShape: a cause is one file, it detects, and something real or injected
// proves that.
func checkShape(t *testing.T, c *Cause) {
	t.Helper()
	file := strings.ReplaceAll(c.ID, "-", "_") + ".go"
	if _, err := os.Stat(file); err != nil {
		t.Errorf("%s is not in a file of its own: %v", c.ID, err)
	}
	if c.Detect == nil {
		t.Errorf("%s can't be detected", c.ID)
	}
	if fixtures, _ := filepath.Glob(filepath.Join("testdata", c.ID, "*")); c.Inject == nil && len(fixtures) == 0 {
		t.Errorf("%s can't be injected and has no fixture in testdata/%s", c.ID, c.ID)
	}
}

// TestExplainsHasNoCircle: a chain from mechanism to symptom ends.
func TestExplainsHasNoCircle(t *testing.T) {
	explains := map[string][]string{}
	for _, c := range Catalogue() {
		explains[c.ID] = c.Explains
	}
	var walk func(id string, path []string)
	walk = func(id string, path []string) {
		if slices.Contains(path, id) {
			t.Errorf("in a circle: %s", strings.Join(append(path, id), " explains "))
			return
		}
		for _, next := range explains[id] {
			walk(next, append(path, id))
		}
	}
	for id := range explains {
		walk(id, nil)
	}
}
