package sketch_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/work"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// large returns sketches of a given size that are as large as possible in one respect.
func large(size int) map[string]string {
	return map[string]string{
		"variables":      `{"title":"x","variables":[` + worktest.Repeat(size, `{"name":"v%d","text":"$v1"}`) + `]}`,
		"same variables": `{"title":"x","variables":[` + worktest.Repeat(size, `{"name":"v","text":""}`) + `]}`,
		"values":         `{"title":"x","variables":[{"name":"v","values":[` + worktest.Repeat(size, `"a"`) + `]}]}`,
		"queries":        `{"title":"x","panels":[{"title":"p","queries":[` + worktest.Repeat(size, `"up"`) + `]}]}`,
		"thresholds":     `{"title":"x","panels":[{"title":"p","query":"up","thresholds":[` + worktest.Repeat(size, `1`) + `]}]}`,
		"links":          `{"title":"x","links":[` + worktest.Repeat(size, `{"url":"x"}`) + `]}`,
		"tags":           `{"title":"x","tags":[` + worktest.Repeat(size, `"a"`) + `]}`,
		"unknown":        `{` + worktest.Repeat(size, `"f%d":1`) + `}`,
		"unknown below":  `{"title":"x","panels":[` + worktest.Repeat(size, `{"a":1}`) + `]}`,
		"deep":           `{"title":"x","options":` + strings.Repeat(`{"a":`, 9000) + `"` + strings.Repeat("x", size) + `"` + strings.Repeat(`}`, 9000) + `}`,
		"long title":     `{"title":"x","panels":[{"query":"up","title":"` + strings.Repeat("-", size) + `"}]}`,
		"long name":      `{"title":"x","datasource":"` + strings.Repeat("x", size/2) + `","panels":[{"title":"p","queries":[` + worktest.Repeat(size/2, `"up"`) + `]}]}`,
	}
}

// TestWorkIsLinear checks that the work for a sketch is proportional to its size, and that running out of budget is
// reported.
func TestWorkIsLinear(t *testing.T) {
	const size, perByte = 1 << 20, 200
	for name, raw := range large(size) {
		budget := worktest.Budget()
		s, err := sketch.Parse(budget, json.RawMessage(raw))
		if err == nil {
			_, err = s.Expand(budget, "p", "d", sketch.Env{})
		}
		if used := budget.Used(); used > int64(perByte*len(raw)) {
			t.Errorf("%s: %d units for %d bytes (%v)", name, used, len(raw), err)
		}
		if ended := budget.Err(); (ended != nil) != errors.Is(err, work.ErrExhausted) {
			t.Errorf("%s: budget error %v, returned error %v", name, ended, err)
		}
	}
}

// TestLargeExpansionIsRefused checks that small sketches of large dashboards are refused before they take the memory.
func TestLargeExpansionIsRefused(t *testing.T) {
	panels := worktest.Repeat(1000, `{"title":"p","text":"x"}`)
	for want, raw := range map[string]string{
		`rows[0].each: 200020 bytes for each of 41 panels exceed the maximum of 4194304 bytes for a dashboard`: `{"rows":[{"each":{"options":{"x":"` + strings.Repeat("x", 200_000) + `"}},"panels":[` + panels + `]}]}`,
		`the dashboard would exceed the maximum of 4194304 bytes: split it`:                                    `{"datasource":"$` + strings.Repeat("x", 100_000) + `","panels":[{"queries":[` + worktest.Repeat(1000, `"up"`) + `]}]}`,
	} {
		budget := worktest.Budget()
		s, err := sketch.Parse(budget, json.RawMessage(raw))
		if err == nil {
			_, err = s.Expand(budget, "p", "d", sketch.Env{})
		}
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}

// TestErrorsAreLimited checks that the search for errors stops after more than anybody fixes at once.
func TestErrorsAreLimited(t *testing.T) {
	_, err := sketch.Parse(worktest.Budget(), json.RawMessage(`{"tags":[`+worktest.Repeat(1<<20, `1`)+`]}`))
	if err == nil || !strings.HasSuffix(err.Error(), "tags[4]: want a string, got 1; and at least 95 more") {
		t.Error(err)
	}
}

// TestOfIsLinear checks that the work of Of is proportional to the size of the document.
func TestOfIsLinear(t *testing.T) {
	const size, perByte = 1 << 20, 60
	panel := `{"kind":"Panel","spec":{"plugin":{"kind":"Markdown","spec":{"text":"x"}}}}`
	document := func(spec string) string {
		return `{"kind":"Dashboard","metadata":{"name":"d","project":"p"},"spec":{"duration":"1h",` + spec + `}}`
	}
	item := `{"x":0,"y":0,"width":24,"height":2,"content":{"$ref":"#/spec/panels/p%d"}}`
	deep := strings.Repeat(`{"a":`, 9000) + `"` + strings.Repeat("x", size) + `"` + strings.Repeat(`}`, 9000)
	for name, raw := range map[string]string{
		"panels":     document(`"panels":{` + worktest.Repeat(size, `"p%d":`+panel) + `}`),
		"layouts":    document(`"layouts":[` + worktest.Repeat(size, `{"kind":"Grid","spec":{"items":[]}}`) + `]`),
		"items":      document(`"panels":{` + worktest.Repeat(size, `"p%d":`+panel) + `},"layouts":[{"kind":"Grid","spec":{"items":[` + worktest.Repeat(size, item) + `]}}]`),
		"same panel": document(`"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"","spec":` + deep + `}}}},"layouts":[{"kind":"Grid","spec":{"items":[` + worktest.Repeat(size, strings.ReplaceAll(item, "%d", "")) + `]}}]`),
		"deep panel": document(`"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"Table","spec":` + deep + `}}}},"layouts":[{"kind":"Grid","spec":{"items":[` + strings.ReplaceAll(item, "%d", "") + `]}}]`),
		"variables":  document(`"variables":[` + worktest.Repeat(size, `{"kind":"TextVariable","spec":{"name":"v%d","value":"x"}}`) + `]`),
		"queries":    document(`"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"Table","spec":{}},"queries":[` + worktest.Repeat(size, `{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"up"}}}}`) + `]}}},"layouts":[{"kind":"Grid","spec":{"items":[` + strings.ReplaceAll(item, "%d", "") + `]}}]`),
	} {
		budget := worktest.Budget()
		_, _, err := sketch.Of(budget, json.RawMessage(raw))
		if used := budget.Used(); used > int64(perByte*len(raw)) {
			t.Errorf("%s: %d units for %d bytes (%v)", name, used, len(raw), err)
		}
		if ended := budget.Err(); (ended != nil) != errors.Is(err, work.ErrExhausted) {
			t.Errorf("%s: budget error %v, returned error %v", name, ended, err)
		}
	}
}
