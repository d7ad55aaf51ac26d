package hostile

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/harness/results"
)

// sampleReport is a report that has everything once.
func sampleReport() string {
	r := &results.Report{}
	fill(reflect.ValueOf(r).Elem(), 0)
	r.Version, r.Kind = results.Version, results.Run
	r.Shard, r.Stopped = "", nil
	for i := range r.Exchanges {
		r.Exchanges[i].Verdict = results.Same
	}
	for i := range r.Cases {
		r.Cases[i].Verdict = results.CaseVerdicts()[0]
	}
	for i := range r.Groups {
		r.Groups[i].Kind = results.Changed
	}
	var b bytes.Buffer
	if err := results.Write(&b, r); err != nil {
		panic(err)
	}
	return b.String()
}

// fill gives every field below v a value.
func fill(v reflect.Value, depth int) {
	switch {
	case depth > 12 || !v.CanSet():
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(noon))
	case v.Kind() == reflect.String:
		v.SetString(canary)
	case v.CanInt():
		v.SetInt(1)
	case v.CanFloat():
		v.SetFloat(1)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	}
}

// swapped has a sample with each of its values replaced by one of another
// kind. JSON is YAML, so one form does for all.
func swapped(sample string) [][]byte {
	var whole any
	if json.Unmarshal([]byte(sample), &whole) == nil {
		// nothing but JSON has escapes of surrogates
	} else if err := yaml.Unmarshal([]byte(sample), &whole); err != nil {
		panic(err)
	}
	others := []any{nil, true, -1, 1.5, json.Number("1e400"), "", canary, []any{}, []any{[]any{canary}}, map[string]any{}, map[string]any{canary: map[string]any{canary: []any{canary}}}}
	var all [][]byte
	n := 0
	visit(whole, func(v any) { whole = v }, func(had any, put func(any)) {
		for _, other := range others {
			if n++; n%slow != 0 { // a part of them with the race detector
				continue
			}
			put(other)
			text, err := json.Marshal(whole)
			if err != nil {
				panic(err)
			}
			all = append(all, text)
		}
		put(had)
	})
	return all
}

// visit calls f for every value in v, v included, with what puts another one
// in its place.
func visit(v any, put func(any), f func(had any, put func(any))) {
	f(v, put)
	switch x := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(x)) {
			visit(x[key], func(other any) { x[key] = other }, f)
		}
	case []any:
		for i := range x {
			visit(x[i], func(other any) { x[i] = other }, f)
		}
	}
}

func TestWrongTypes(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	of := func(name string) func() [][]byte { return func() [][]byte { return swapped(samples()[name]) } }
	const reason = "a value of another kind in every place"
	check(t, []row{
		{name: "HAR", reason: reason, inputs: of("har"), readers: []reader{capture, partial}, want: ends, memory: 4 << 30, time: 30e9},
		{name: "cassette", reason: reason, inputs: of("cassette JSON"), readers: []reader{capture, partial}, want: ends, memory: 4 << 30, time: 30e9},
		{name: "suite", reason: reason, inputs: of("suite"), readers: []reader{suites}, want: ends, memory: 4 << 30, time: 30e9},
		{name: "settings", reason: reason, inputs: of("settings"), readers: []reader{setting}, want: ends, memory: 4 << 30, time: 30e9},
		{name: "baseline", reason: reason, inputs: of("baseline"), readers: []reader{baseline}, want: ends, memory: 4 << 30, time: 30e9},
		{name: "passage", reason: reason, inputs: of("passage"), readers: []reader{passage}, want: ends, memory: 4 << 30, time: 30e9},
		{name: "report", reason: reason, inputs: of("report"), readers: []reader{reports, passage}, want: ends, memory: 16 << 30, time: 60e9},
	})
}
