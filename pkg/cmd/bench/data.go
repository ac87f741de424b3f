package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Bounds on the tools that query data.
const (
	maxAdded     = 2 * time.Millisecond    // p50 that perses_query adds to the same query through the proxy
	maxPicture   = 60 * time.Millisecond   // for a panel with 10 series of 240 points, including its query
	maxDashboard = 1500 * time.Millisecond // for a picture of 30 panels, including their queries
	maxDrawing   = 40_000_000              // bytes of memory for a picture of a panel
	maxWide      = 200_000_000             // bytes of memory for 1,000 series of 1,000 points
	maxAnswer    = 40_000                  // bytes of text
	maxWaiting   = 0.25                    // of the time of 30 sequential queries that each wait 100 ms
	maxComputing = 1.0                     // the same for queries that do not wait
)

// data measures the tools that query data, with a Prometheus that has known samples.
func (s *stage) data(ctx context.Context, p plan) (figures []figure, err error) {
	d, err := s.setUpData(ctx, p.wide)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.stop()) }()
	for _, datasource := range []string{fast, slow} {
		if err := d.panelsHavePoints(ctx, datasource); err != nil {
			return nil, err
		}
	}
	for _, measure := range []func(context.Context, plan) ([]figure, error){d.queries, d.panels, d.pictures, d.memory} {
		more, err := measure(ctx, p)
		if err != nil {
			return nil, err
		}
		figures = append(figures, more...)
	}
	return figures, nil
}

// queries compares a query with the same query through the proxy of Perses.
func (d *dataStage) queries(ctx context.Context, p plan) (figures []figure, err error) {
	const promQL = `sum by (instance) (rate(bench_requests_total{panel="07"}[5m]))`
	at := strconv.FormatInt(d.end.Unix(), 10)
	proxied := d.direct(fast, "/api/v1/query", url.Values{"query": {promQL}, "time": {at}})
	query := tool("perses_query", object{"project": dataProject, "datasource": fast, "query": promQL, "end": at})
	for _, t := range d.stage.transports {
		all, err := d.measure(ctx, p.dataRounds*10, t.ours, query, proxied)
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure{
			what: "perses_query adds to an instant query of 10 series, " + t.name, baseline: "direct " + milliseconds(float64(all[1].p50)),
			unit: milliseconds, got: float64(all[0].p50 - all[1].p50), max: float64(maxAdded),
		})
	}
	return figures, nil
}

// panels compares all panels of a dashboard with sequential queries.
func (d *dataStage) panels(ctx context.Context, p plan) (figures []figure, err error) {
	for _, c := range []struct {
		datasource, what string
		max              float64
	}{{slow, "perses_run_panel of 30 panels that wait 100 ms", maxWaiting}, {fast, "perses_run_panel of 30 panels", maxComputing}} {
		var queries []call
		for i := range panels {
			queries = append(queries, d.direct(c.datasource, "/api/v1/query_range", url.Values{"query": {promQLOf(i)},
				"start": {strconv.FormatInt(d.end.Add(-time.Hour).Unix(), 10)}, "end": {strconv.FormatInt(d.end.Unix(), 10)}, "step": {"15"}}))
		}
		sequential := func(ctx context.Context, buffer *bytes.Buffer) error {
			for _, do := range queries {
				if err := do(ctx, buffer); err != nil {
					return err
				}
			}
			return nil
		}
		run := tool("perses_run_panel", object{"project": dataProject, "dashboard": c.datasource})
		all, err := d.measure(ctx, p.dataRounds, d.stage.ours(), run, sequential)
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure{
			what: c.what, baseline: "sequential queries " + milliseconds(float64(all[1].p50)),
			unit: times, got: ratio(all[0].p50, all[1].p50), max: c.max,
		})
	}
	return figures, nil
}

// renderPanel draws one panel.
var renderPanel = tool("perses_render_panel", object{"project": dataProject, "dashboard": fast, "panel": keyOf(0)})

// pictures measures calls that draw.
func (d *dataStage) pictures(ctx context.Context, p plan) (figures []figure, err error) {
	for _, c := range []struct {
		what string
		message
		max time.Duration
	}{
		{"perses_render_panel, 10 series of 240 points", renderPanel, maxPicture},
		{"perses_render_dashboard, 30 panels", tool("perses_render_dashboard", object{"project": dataProject, "dashboard": fast}), maxDashboard},
	} {
		all, err := d.measure(ctx, p.dataRounds, d.stage.ours(), c.message)
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure{what: c.what, unit: milliseconds, got: float64(all[0].p50), max: float64(c.max)})
	}
	return figures, nil
}

// memory measures the peak memory of new servers for a picture and for a very large range.
func (d *dataStage) memory(ctx context.Context, p plan) (figures []figure, err error) {
	idle, drawn, err := d.stage.afterCalls(ctx, ours, renderPanel, 1)
	if err != nil {
		return nil, err
	}
	wide := tool("perses_query", object{"project": dataProject, "datasource": fast, "query": "bench_wide / 7e9", // numbers with many digits
		"start": d.end.Add(-time.Duration(p.wide-1) * wideStep).Format(time.RFC3339), "end": d.end.Format(time.RFC3339), "step": wideStep.String()})
	_, queried, err := d.stage.afterCalls(ctx, ours, wide, 3)
	if err != nil {
		return nil, err
	}
	do, err := d.stage.ours().prepare(wide)
	if err != nil {
		return nil, err
	}
	answered, err := lengthOf(ctx, do)
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("perses_query of %s series by %s points", thousands(p.wide), thousands(p.wide))
	return []figure{
		{what: "peak of memory, first perses_render_panel", baseline: "idle " + megabytes(idle.now), unit: megabytesOf, got: float64(drawn.peak - idle.now), max: maxDrawing},
		{what: "peak of memory, " + what, unit: megabytesOf, got: float64(queried.peak), max: maxWide},
		{what: "bytes of the answer, " + what, unit: count, got: float64(answered), max: maxAnswer},
	}, nil
}

// measure checks that a call answers with data, and measures it in turn with the calls that it is compared with.
func (d *dataStage) measure(ctx context.Context, rounds int, c caller, m message, compared ...call) ([]timing, error) {
	do, err := c.prepare(m)
	if err != nil {
		return nil, err
	}
	var answer bytes.Buffer
	if err := do(ctx, &answer); err != nil {
		return nil, err
	}
	if text := answer.String(); strings.Contains(text, `"isError":true`) || strings.Contains(text, `status\":\"empty`) || strings.Contains(text, `status\":\"failed`) {
		return nil, fmt.Errorf("no data: %.500s", text)
	}
	return interleaved(ctx, effort{1, rounds, 1}, append([]call{do}, compared...))
}

// direct returns a call that queries a datasource through the proxy of Perses, as its UI does.
func (d *dataStage) direct(datasource, path string, form url.Values) call {
	address := d.stage.perses.URL + "/proxy/projects/" + dataProject + "/datasources/" + datasource + path
	return func(ctx context.Context, buffer *bytes.Buffer) error {
		for {
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
			if err != nil {
				return err
			}
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			// Under load the proxy sometimes truncates a response. Our server retries, too.
			if err := send(request, buffer); !errors.Is(err, io.ErrUnexpectedEOF) {
				return err
			}
		}
	}
}

// panelsHavePoints returns an error unless a panel uses all samples. Otherwise it would be compared with queries that return
// more.
func (d *dataStage) panelsHavePoints(ctx context.Context, dashboard string) error {
	answer, err := ask(ctx, d.stage.ours(), tool("perses_run_panel", object{"project": dataProject, "dashboard": dashboard, "panel": keyOf(0)}))
	if err != nil {
		return err
	}
	if want := fmt.Sprintf(`step\":\"%s\"`, step); !strings.Contains(string(answer), want) {
		return fmt.Errorf("no panel with a step of %s: %.1000s", step, answer)
	}
	return nil
}
