package scenarios

import (
	"slices"
	"strings"
	"testing"
)

// Every mend is whole, for a place whose configuration is known, and stands once.
func TestMends(t *testing.T) {
	places := []Place{Nginx, Apache, HAProxy, Caddy, Envoy}
	seen := 0
	for _, c := range Catalogue() {
		known := map[string]bool{}
		for _, m := range c.Mends {
			seen++
			key := string(m.Wrong) + " " + string(m.Where)
			if m.Wrong == "" || m.Snippet == "" || !strings.HasSuffix(m.Text, ".") || !slices.Contains(places, m.Where) || known[key] {
				t.Errorf("%s: %s: not whole, or there twice", c.ID, key)
			}
			known[key] = true
			for _, a := range c.MendsFor(m.Wrong, m.Where, "x-api-key") {
				if strings.Contains(a.Snippet, "{Name}") || strings.Contains(a.Snippet, "{variable}") {
					t.Errorf("%s: %s: a placeholder is left in %q", c.ID, key, a.Snippet)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no cause has a mend")
	}
}

func TestMendsFor(t *testing.T) {
	c := authorizationDroppedByProxy()
	if got := c.MendsFor(FieldDropped, Nginx, "x-api-key"); len(got) != 1 || !strings.Contains(got[0].Snippet, "proxy_set_header X-Api-Key $http_x_api_key;") {
		t.Errorf("nginx: %+v", got)
	}
	if got := c.MendsFor(FieldDropped, "", "x-api-key"); len(got) != 5 {
		t.Errorf("%d mends for a proxy that nobody knows", len(got))
	}
	if got := c.MendsFor(SlashesMerged, Apache, ""); len(got) == 0 || got[0] != c.Advice[2] {
		t.Errorf("without a mend the cause's own advice stands in: %+v", got)
	}
}

func TestPlaceOf(t *testing.T) {
	for product, want := range map[string]Place{"nginx": Nginx, "OpenResty": Nginx, "HAProxy": HAProxy, "Caddy": Caddy, "IIS": "", "": ""} {
		if got := PlaceOf(product); got != want {
			t.Errorf("%s: %s, want %s", product, got, want)
		}
	}
}
