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

// dataFigure is something measured of the tools that ask datasources, beside what it must not exceed.
type dataFigure struct {
	what   string
	beside string // what it is measured beside, and how much that is; "" for nothing
	unit   func(float64) string
	got    float64
	most   float64 // in the same unit as got
}

// The most that the tools which ask datasources may take.
const (
	maxAdded     = 2 * time.Millisecond    // by perses_query to the same query made to the proxy, at p50
	maxPicture   = 60 * time.Millisecond   // for a panel with 10 series of 240 points, with its query
	maxDashboard = 1500 * time.Millisecond // for the picture of 30 panels, with their queries
	maxDrawing   = 40_000_000              // bytes of memory that a picture of a panel adds
	maxWide      = 200_000_000             // bytes of memory for a range over 1,000 series by 1,000 points
	maxAnswer    = 40_000                  // bytes of text
	maxWaiting   = 0.25                    // of the time of 30 queries one after another, when each waits 100 ms
	maxComputing = 1.0                     // the same, when they wait for nothing but processors
)

// data measures the tools that ask datasources, in front of a Prometheus with known samples.
func (s *stage) data(ctx context.Context, p plan) (figures []dataFigure, err error) {
	d, err := s.setUpData(ctx, p.wide)
	if err != nil {
		return nil, err
	}
	defer func() {
		if stopped := d.stop(); err == nil {
			err = stopped
		}
	}()
	for _, datasource := range []string{fast, slow} {
		if err := d.panelsHavePoints(ctx, datasource); err != nil {
			return nil, err
		}
	}
	for _, part := range []struct {
		name    string
		measure func(context.Context, plan) ([]dataFigure, error)
	}{{"queries", d.queries}, {"panels", d.panels}, {"pictures", d.pictures}, {"memory", d.memory}} {
		more, err := part.measure(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part.name, err)
		}
		figures = append(figures, more...)
	}
	return figures, nil
}

// queries measures a query beside the same one made to the proxy of Perses.
func (d *dataStage) queries(ctx context.Context, p plan) (figures []dataFigure, err error) {
	const promQL = `sum by (instance) (rate(bench_requests_total{panel="07"}[5m]))`
	at := strconv.FormatInt(d.end.Unix(), 10)
	beside := d.direct(fast, "/api/v1/query", url.Values{"query": {promQL}, "time": {at}})
	for _, t := range d.stage.transports {
		ours, err := t.ours.prepare(tool("perses_query", object{"project": dataProject, "datasource": fast, "query": promQL, "end": at}))
		if err != nil {
			return nil, err
		}
		if err := d.answers(ctx, ours); err != nil {
			return nil, err
		}
		all, err := interleaved(ctx, effort{1, p.dataRounds * 10, 1}, []call{beside, ours})
		if err != nil {
			return nil, err
		}
		figures = append(figures, dataFigure{
			what: "perses_query adds to an instant query of 10 series, " + t.name, beside: "direct " + milliseconds(float64(all[0].p50)),
			unit: milliseconds, got: float64(all[1].p50 - all[0].p50), most: float64(maxAdded),
		})
	}
	return figures, nil
}

// panels measures all panels of a dashboard beside their queries one after another.
func (d *dataStage) panels(ctx context.Context, p plan) (figures []dataFigure, err error) {
	for _, of := range []struct {
		datasource, what string
		most             float64
	}{{slow, "perses_run_panel of 30 panels that wait 100 ms", maxWaiting}, {fast, "perses_run_panel of 30 panels", maxComputing}} {
		var inTurn []call
		for i := range panels {
			inTurn = append(inTurn, d.direct(of.datasource, "/api/v1/query_range", url.Values{"query": {promQLOf(i)},
				"start": {strconv.FormatInt(d.end.Add(-time.Hour).Unix(), 10)}, "end": {strconv.FormatInt(d.end.Unix(), 10)}, "step": {"15"}}))
		}
		beside := func(ctx context.Context, buffer *bytes.Buffer) error {
			for _, do := range inTurn {
				if err := do(ctx, buffer); err != nil {
					return err
				}
			}
			return nil
		}
		ours, err := d.overHTTP().prepare(tool("perses_run_panel", object{"project": dataProject, "dashboard": of.datasource}))
		if err != nil {
			return nil, err
		}
		if err := d.answers(ctx, ours); err != nil {
			return nil, err
		}
		all, err := interleaved(ctx, effort{1, p.dataRounds, 1}, []call{beside, ours})
		if err != nil {
			return nil, err
		}
		figures = append(figures, dataFigure{
			what: of.what, beside: "one query after another " + milliseconds(float64(all[0].p50)),
			unit: times, got: ratio(all[1].p50, all[0].p50), most: of.most,
		})
	}
	return figures, nil
}

// pictures measures how long a picture takes, from the question to the answer.
func (d *dataStage) pictures(ctx context.Context, p plan) (figures []dataFigure, err error) {
	for _, of := range []struct {
		what string
		message
		most time.Duration
	}{
		{"perses_render_panel, 10 series of 240 points", tool("perses_render_panel", object{"project": dataProject, "dashboard": fast, "panel": keyOf(0)}), maxPicture},
		{"perses_render_dashboard, 30 panels", tool("perses_render_dashboard", object{"project": dataProject, "dashboard": fast}), maxDashboard},
	} {
		ours, err := d.overHTTP().prepare(of.message)
		if err != nil {
			return nil, err
		}
		if err := d.answers(ctx, ours); err != nil {
			return nil, err
		}
		all, err := interleaved(ctx, effort{1, p.dataRounds, 1}, []call{ours})
		if err != nil {
			return nil, err
		}
		figures = append(figures, dataFigure{what: of.what, unit: milliseconds, got: float64(all[0].p50), most: float64(of.most)})
	}
	return figures, nil
}

// memory measures what a new server takes at the most for a picture, and for a very large range.
func (d *dataStage) memory(ctx context.Context, p plan) (figures []dataFigure, err error) {
	small, drawn, err := d.stage.afterCalls(ctx, ours, tool("perses_render_panel", object{"project": dataProject, "dashboard": fast, "panel": keyOf(0)}), 1)
	if err != nil {
		return nil, err
	}
	wide := tool("perses_query", object{"project": dataProject, "datasource": fast, "query": "bench_wide / 7e9", // which has numbers as long as they get
		"start": d.end.Add(-time.Duration(p.wide-1) * wideStep).Format(time.RFC3339), "end": d.end.Format(time.RFC3339), "step": wideStep.String()})
	_, queried, err := d.stage.afterCalls(ctx, ours, wide, 3)
	if err != nil {
		return nil, err
	}
	do, err := d.overHTTP().prepare(wide)
	if err != nil {
		return nil, err
	}
	var answer bytes.Buffer
	if err := do(ctx, &answer); err != nil {
		return nil, err
	}
	text, err := textOf(answer.Bytes())
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("perses_query of %s series by %s points", thousands(p.wide), thousands(p.wide))
	return []dataFigure{
		{what: "peak of memory, first perses_render_panel", beside: "idle " + megabytes(small.now), unit: megabytesOf, got: float64(drawn.peak - small.now), most: maxDrawing},
		{what: "peak of memory, " + what, unit: megabytesOf, got: float64(queried.peak), most: maxWide},
		{what: "bytes of the answer, " + what, unit: count, got: float64(len(text)), most: maxAnswer},
	}, nil
}

// direct is the call that asks a datasource through the proxy of Perses as its UI does.
func (d *dataStage) direct(datasource, path string, form url.Values) call {
	address := d.stage.perses.URL + "/proxy/projects/" + dataProject + "/datasources/" + datasource + path
	return func(ctx context.Context, buffer *bytes.Buffer) error {
		for {
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
			if err != nil {
				return err
			}
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			// Under load the proxy breaks off an answer now and then; ours asks again, too.
			if err := send(request, buffer); !errors.Is(err, io.ErrUnexpectedEOF) {
				return err
			}
		}
	}
}

// overHTTP is our server over HTTP.
func (d *dataStage) overHTTP() caller { return d.stage.transports[len(d.stage.transports)-1].ours }

// answers makes a call once, and returns an error if it does not have data.
func (d *dataStage) answers(ctx context.Context, do call) error {
	var answer bytes.Buffer
	if err := do(ctx, &answer); err != nil {
		return err
	}
	if text := answer.String(); strings.Contains(text, `"isError":true`) || strings.Contains(text, `status\":\"empty`) || strings.Contains(text, `status\":\"failed`) {
		return fmt.Errorf("no data: %.500s", text)
	}
	return nil
}

// panelsHavePoints returns an error if panels are not drawn of all the samples that there are, as it is said of them: then
// they would be measured beside queries that give more.
func (d *dataStage) panelsHavePoints(ctx context.Context, dashboard string) error {
	do, err := d.overHTTP().prepare(tool("perses_run_panel", object{"project": dataProject, "dashboard": dashboard, "panel": keyOf(0)}))
	if err != nil {
		return err
	}
	var answer bytes.Buffer
	if err := do(ctx, &answer); err != nil {
		return err
	}
	if text, want := answer.String(), fmt.Sprintf(`step\":\"%s\"`, step); !strings.Contains(text, want) {
		return fmt.Errorf("no panel with a point every %s: %.1000s", step, text)
	}
	return nil
}

func times(ratio float64) string { return fmt.Sprintf("%.2f times", ratio) }

func megabytesOf(bytes float64) string { return megabytes(int(bytes)) }

// reportData prints the figures as a table in Markdown.
func reportData(out io.Writer, figures []dataFigure) {
	fmt.Fprintf(out, "\n| what | beside | ours | at most |\n|---|---:|---:|---:|\n")
	for _, f := range figures {
		fmt.Fprintf(out, "| %s | %s | %s | %s |\n", f.what, f.beside, f.unit(f.got), f.unit(f.most))
	}
}
