package mask_test

import (
	"bytes"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/diff/traffic/mask/canary"
)

func rewritten(t *testing.T, r *mask.Redactor, har []byte) []byte {
	t.Helper()
	c, err := traffic.Read(bytes.NewReader(har), "canary.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	redacted, err := r.Capture(c)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := traffic.Write(&out, redacted, traffic.HAR); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestNoPlantedSecretIsLeft: in none of the ways that a file can be read; and
// what is redacted stays as it is.
func TestNoPlantedSecretIsLeft(t *testing.T) {
	plantings := canary.Plantings()
	har, secrets := canary.HAR(plantings, 0, 401)
	hunter := canary.NewHunter(secrets, canary.KnownTexts()...)
	seen := map[string]bool{}
	for _, leak := range hunter.Hunt(string(har)) {
		seen[leak.Reason] = true
	}
	for _, s := range secrets {
		if !seen[s.Reason] {
			t.Errorf("%s: the hunt does not see its own secret", s.Reason)
		}
	}
	once := rewritten(t, &mask.Redactor{Key: []byte("k")}, har)
	for _, leak := range hunter.Hunt(string(once)) {
		t.Errorf("%s: left, %s: …%.120q", leak.Reason, leak.How, leak.Found)
	}
	if twice := rewritten(t, &mask.Redactor{Key: []byte("another")}, once); !bytes.Equal(once, twice) {
		i := 0
		for i < min(len(once), len(twice)) && once[i] == twice[i] {
			i++
		}
		t.Errorf("redacting again changes the file: …%s → …%s", once[max(0, i-200):min(len(once), i+100)], twice[max(0, i-200):min(len(twice), i+100)])
	}
	t.Logf("%d secrets", len(secrets))
}

// TestEachPlantedSecretAlone: none is found by what another place taught.
func TestEachPlantedSecretAlone(t *testing.T) {
	for i, p := range canary.Plantings() {
		har, secrets := canary.HAR(canary.Plantings()[i:i+1], i%26, 401)
		hunter := canary.NewHunter(secrets, canary.KnownTexts()...)
		for _, leak := range hunter.Hunt(string(rewritten(t, &mask.Redactor{Key: []byte("k")}, har))) {
			t.Errorf("%s: left, %s: …%.120q", p.Reason, leak.How, leak.Found)
		}
	}
}
