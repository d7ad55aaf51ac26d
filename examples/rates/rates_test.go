// Package rates_test holds what the other files here promise: the output that
// rates.txt shows, and that alerts.yaml asks for metrics that there are.
package rates_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/harness/accesslog"
	"github.com/replaydiff/replay/harness/rates"
	"github.com/replaydiff/replay/harness/report"
)

func counted(t *testing.T) *rates.Report {
	t.Helper()
	l, err := accesslog.Open("access.log", accesslog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := rates.NewCollector(rates.Options{})
	if err != nil {
		t.Fatal(err)
	}
	source, err := c.AddLog(l)
	if err != nil || source.Undecoded > 0 {
		t.Fatal(source, err)
	}
	r := c.Report()
	r.Sources = append(r.Sources, source)
	if !r.Judge(rates.Judging{}) {
		t.Fatal("too little to judge by")
	}
	return r
}

func TestOutput(t *testing.T) {
	want, err := os.ReadFile("rates.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := report.Rates(&got, counted(t), report.RatesOptions{Judged: true}); err != nil {
		t.Fatal(err)
	}
	if _, shown, _ := strings.Cut(string(want), "\n"); shown != got.String() {
		t.Errorf("rates.txt is not what comes out:\n%s", got.String())
	}
}

// The spike was put in at 13:22, on one route.
func TestSpike(t *testing.T) {
	s := counted(t).Spikes
	for _, spike := range s {
		if len(spike.By) == 1 && spike.By[0] == "route" {
			if at := spike.Began.Format("15:04"); spike.Key[0] != "GET /api/orders/{}" || at != "13:22" || !spike.Ongoing {
				t.Errorf("%+v", spike)
			}
			return
		}
	}
	t.Errorf("no route among %d spikes", len(s))
}

// A rule is what Prometheus reads of a rule.
type rule struct {
	Record, Alert, Expr, For string
	Labels, Annotations      map[string]string
}

var (
	metricOf  = regexp.MustCompile(`\breplay_log_\w+`)
	labelsOf  = regexp.MustCompile(`\{([a-z]+)="|by \(([a-z]+)\)|\$labels\.([a-z]+)`)
	recordsOf = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
)

func TestAlertsAskForWhatThereIs(t *testing.T) {
	content, err := os.ReadFile("alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name  string
			Rules []rule
		}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	var metrics bytes.Buffer
	if err := report.RatesOpenMetrics(&metrics, counted(t)); err != nil {
		t.Fatal(err)
	}
	rules, asked := 0, 0
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			rules++
			if (r.Record == "") == (r.Alert == "") || r.Expr == "" || r.Record != "" && !recordsOf.MatchString(r.Record) || r.Alert != "" && r.Annotations["summary"] == "" {
				t.Errorf("no rule: %+v", r)
			}
			for _, name := range metricOf.FindAllString(r.Expr, -1) {
				asked++
				if strings.Contains(r.Expr, "route:"+name) {
					continue // a recorded one
				}
				if !strings.Contains(metrics.String(), "\n"+name+"{") && !strings.Contains(metrics.String(), "\n"+name+" ") {
					t.Errorf("%s%s: there is no metric %s", r.Record, r.Alert, name)
				}
			}
			for _, m := range labelsOf.FindAllStringSubmatch(r.Expr+r.Annotations["summary"], -1) {
				if name := m[1] + m[2] + m[3]; !strings.Contains(metrics.String(), name+`="`) {
					t.Errorf("%s%s: there is no label %s", r.Record, r.Alert, name)
				}
			}
		}
	}
	if rules < 3 || asked < 4 {
		t.Errorf("%d rules that ask for %d metrics", rules, asked)
	}
}
