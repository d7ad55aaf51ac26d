package ci_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"

	"github.com/google/go-cmp/cmp"
)

// A manifest is one document of YAML.
type manifest = map[string]any

func load(t *testing.T, file string) []manifest {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []manifest
	for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var m manifest
		if err := decoder.Decode(&m); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if m != nil {
			all = append(all, m)
		}
	}
}

// at walks down keys and indices: "spec.template.spec.containers.0.args".
func at(t *testing.T, v any, where string) any {
	t.Helper()
	for key := range strings.SplitSeq(where, ".") {
		switch in := v.(type) {
		case manifest:
			v = in[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(in) {
				t.Fatalf("%s: no %s", where, key)
			}
			v = in[i]
		default:
			t.Fatalf("%s: nothing below %s", where, key)
		}
	}
	return v
}

// The shares of the Job are all of the capture, each replayed once.
func TestKubernetes(t *testing.T) {
	all := load(t, "kubernetes.yaml")
	if len(all) != 3 {
		t.Fatalf("%d documents", len(all))
	}
	claim, job, merge := all[0], all[1], all[2]
	if mode := at(t, job, "spec.completionMode"); mode != "Indexed" {
		t.Errorf("completionMode %v", mode)
	}
	count := at(t, job, "spec.template.spec.containers.0.env.0")
	want := manifest{"name": "JOB_COMPLETION_COUNT", "value": strconv.Itoa(at(t, job, "spec.completions").(int))}
	if diff := cmp.Diff(any(want), count); diff != "" {
		t.Errorf("the first variable is not the number of completions:\n%s", diff)
	}
	for _, j := range []manifest{job, merge} {
		name := at(t, j, "metadata.name")
		if at(t, j, "spec.template.spec.restartPolicy") != "Never" || at(t, j, "spec.backoffLimit") != 0 {
			t.Errorf("%v: a pod could send its requests twice", name)
		}
		volumes := at(t, j, "spec.template.spec.volumes").([]any)
		reports := at(t, volumes[len(volumes)-1], "persistentVolumeClaim.claimName")
		if reports != at(t, claim, "metadata.name") {
			t.Errorf("%v: reports on %v", name, reports)
		}
		mounted := map[any]bool{}
		for _, v := range volumes {
			mounted[at(t, v, "name")] = true
		}
		for _, m := range at(t, j, "spec.template.spec.containers.0.volumeMounts").([]any) {
			if !mounted[at(t, m, "name")] {
				t.Errorf("%v: no volume %v", name, at(t, m, "name"))
			}
		}
	}
}

// The matrix is all of the capture, and the verdict reads what the shards
// wrote.
func TestGitHub(t *testing.T) {
	w := load(t, "github.yaml")[0]
	shards := at(t, w, "jobs.shard.strategy.matrix.shard").([]any)
	steps := at(t, w, "jobs.shard.steps").([]any)
	if got, want := at(t, steps[3], "env.SHARD"), "${{ matrix.shard }}/"+strconv.Itoa(len(shards)); got != want {
		t.Errorf("--shard %v, of a matrix of %d", got, len(shards))
	}
	for i, shard := range shards {
		if shard != i+1 {
			t.Errorf("shard %d is %v", i+1, shard)
		}
	}
	if at(t, w, "jobs.shard.strategy.fail-fast") != false || at(t, w, "jobs.verdict.needs") != "shard" {
		t.Error("the verdict is not of all shards")
	}
	uploaded := at(t, steps[4], "with.name").(string)
	pattern := at(t, w, "jobs.verdict.steps.3.with.pattern").(string)
	if ok, err := path.Match(pattern, uploaded); err != nil || !ok {
		t.Errorf("%s is uploaded, %s is downloaded", uploaded, pattern)
	}
	// A rerun of the verdict downloads again: what it uploads must not match.
	junit := at(t, w, "jobs.verdict.steps.5.with.name").(string)
	if ok, _ := path.Match(pattern, junit); ok {
		t.Errorf("%s would be taken for a report of a shard", junit)
	}
}

// flags.txt is what the commands of the manifests use: no more, no less.
func TestFlags(t *testing.T) {
	text, err := os.ReadFile("flags.txt")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			want = append(want, strings.TrimSpace(line))
		}
	}
	var got []string
	for _, script := range scripts(t) {
		got = append(got, flags(t, script)...)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
		t.Errorf("flags.txt (-), the manifests (+):\n%s", diff)
	}
}

// scripts are all shell scripts of the manifests.
func scripts(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, m := range load(t, "kubernetes.yaml")[1:] {
		all = append(all, at(t, m, "spec.template.spec.containers.0.args.0").(string))
	}
	w := load(t, "github.yaml")[0]
	for _, job := range []string{"shard", "verdict"} {
		for _, step := range at(t, w, "jobs."+job+".steps").([]any) {
			script, ok := step.(manifest)["run"].(string)
			if strings.Contains(script, "${{") {
				t.Errorf("an expression in a script is an injection: give it in env\n%s", script)
			}
			if ok {
				all = append(all, script)
			}
		}
	}
	return all
}

// flags finds the calls of replay in a script: "run --shard", and
// "run --format json" where the value matters.
func flags(t *testing.T, script string) []string {
	t.Helper()
	parsed, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(script), "")
	if err != nil {
		t.Fatalf("%v in\n%s", err, script)
	}
	var found []string
	syntax.Walk(parsed, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok || len(call.Args) < 2 || call.Args[0].Lit() != "replay" {
			return true
		}
		for i, word := range call.Args[2:] {
			flag := word.Lit()
			if !strings.HasPrefix(flag, "--") {
				continue
			}
			if flag == "--format" && i+3 < len(call.Args) {
				flag += " " + call.Args[i+3].Lit()
			}
			found = append(found, call.Args[1].Lit()+" "+flag)
		}
		return true
	})
	return found
}
