package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/perses/mcp-server/pkg/dashboard/edit"
	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/dashboard/summary"
	"github.com/perses/mcp-server/pkg/work"
)

const (
	maxAuthored = 50 * time.Millisecond // for one operation on a dashboard of 1 MB
	maxMoved    = 2 << 10               // bytes of the arguments, and of the answer, of an edit
)

// oneEdit changes one panel of the large dashboard.
const oneEdit = `[{"op":"change_panel","panel":"panel7","set":{"title":"Requests, really","unit":"ms"}}]`

// budget returns the budget of a call.
func budget(ctx context.Context) *work.Budget { return work.New(ctx, work.Max) }

// authoring measures operations on a dashboard of 1 MB in this process. The checks are compared with Perses' validation.
func (s *stage) authoring(ctx context.Context, p plan) ([]figure, error) {
	project := s.perses.URL + "/api/v1/projects/" + documents + "/dashboards/"
	var got bytes.Buffer
	if err := direct(project+large)(ctx, &got); err != nil {
		return nil, err
	}
	document := json.RawMessage(bytes.Clone(got.Bytes()))
	short, _, err := sketch.Of(budget(ctx), document)
	if err != nil {
		return nil, err
	}
	var edits []json.RawMessage
	if err := json.Unmarshal([]byte(oneEdit), &edits); err != nil {
		return nil, err
	}
	began := time.Now()
	if err := post(ctx, s.perses.URL+"/api/validate/dashboards", document); err != nil {
		return nil, fmt.Errorf("validate: %w", err)
	}
	validated := time.Since(began)
	var figures []figure
	for _, job := range []struct {
		what, baseline string
		do             func() error
	}{
		{"expanding the sketch of 1 MB", "", func() error { _, err := short.Expand(budget(ctx), documents, large, sketch.Env{}); return err }},
		{"summarizing 1 MB", "", func() error { _, err := summary.Of(budget(ctx), document, 4<<10); return err }},
		{"editing one panel of 1 MB", "", func() error {
			_, _, err := edit.Apply(budget(ctx), document, edits, sketch.Env{}, edit.Secrets{})
			return err
		}},
		{"our own checks of 1 MB", "Perses' validation " + milliseconds(float64(validated)), func() error { _, err := lint.Check(budget(ctx), document, lint.Env{}); return err }},
	} {
		var took []time.Duration
		for range p.dataRounds {
			began := time.Now()
			if err := job.do(); err != nil {
				return nil, fmt.Errorf("%s: %w", job.what, err)
			}
			took = append(took, time.Since(began))
		}
		figures = append(figures, figure{what: job.what, baseline: job.baseline, unit: milliseconds, got: float64(quantile(took, 0.5)), max: float64(maxAuthored)})
	}
	moved, err := s.moved(ctx)
	return append(figures, moved...), err
}

// moved makes the edit and measures its arguments and answer.
func (s *stage) moved(ctx context.Context) ([]figure, error) {
	arguments := object{"project": documents, "dashboard": large, "edits": json.RawMessage(oneEdit)}
	encoded, err := json.Marshal(arguments)
	if err != nil {
		return nil, err
	}
	do, err := s.ours().prepare(tool("perses_edit_dashboard", arguments))
	if err != nil {
		return nil, err
	}
	answered, err := lengthOf(ctx, do)
	if err != nil {
		return nil, fmt.Errorf("edit: %w", err)
	}
	what := "perses_edit_dashboard of one panel of 1 MB"
	return []figure{
		{what: "bytes of the arguments, " + what, unit: count, got: float64(len(encoded)), max: maxMoved},
		{what: "bytes of the answer, " + what, unit: count, got: float64(answered), max: maxMoved},
	}, nil
}
