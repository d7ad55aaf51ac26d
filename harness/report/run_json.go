package report

import (
	_ "embed"
	"io"

	"github.com/replaydiff/replay/harness/results"
)

// RunSchema is the JSON Schema of what [RunJSON] writes.
//
//go:embed run.schema.json
var RunSchema string

// RunJSON writes a report as JSON, version 1 of the contract in
// run.schema.json. Read back it is the same report: what a terminal would obey
// is escaped, not replaced.
func RunJSON(w io.Writer, r *results.Report) error { return writeJSON(w, r) }

// PlanSchema is the JSON Schema of what [PlanJSON] writes.
//
//go:embed plan.schema.json
var PlanSchema string

// PlanJSON writes what would be sent as JSON, version 1 of the contract in
// plan.schema.json.
func PlanJSON(w io.Writer, p *results.Plan) error { return writeJSON(w, p) }
