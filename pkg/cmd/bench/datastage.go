package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

const (
	dataProject = "data"
	// The datasources of the project; each has a dashboard of its name.
	fast = "fast"
	slow = "slow" // answers after delay

	delay     = 100 * time.Millisecond
	panels    = 30 // of each dashboard
	instances = 10 // series of each panel
	points    = 240
	step      = 15 * time.Second
	wideStep  = 15 * time.Second
)

// dataStage is a Prometheus with samples, and a project of Perses with dashboards for them.
type dataStage struct {
	stage      *stage
	prometheus *persestest.Prometheus
	delaying   *httptest.Server
	end        time.Time // time of the last samples
}

// setUpData writes the samples of the last hour for the dashboards, and wide series of wide samples.
func (s *stage) setUpData(ctx context.Context, wide int) (*dataStage, error) {
	prometheus, err := persestest.StartPrometheus(ctx, persestest.PrometheusOptions{})
	if err != nil {
		return nil, err
	}
	d := &dataStage{stage: s, prometheus: prometheus, end: time.Now().Truncate(step)}
	behind, err := url.Parse(prometheus.URL)
	if err != nil {
		return nil, errors.Join(err, prometheus.Stop())
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(behind) }}
	d.delaying = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Read the whole request first: forwarding a body that is read late has failed.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		time.Sleep(delay)
		proxy.ServeHTTP(w, r)
	}))
	if err := errors.Join(d.write(ctx, wide), d.fill(ctx)); err != nil {
		return nil, errors.Join(err, d.stop())
	}
	return d, nil
}

func (d *dataStage) stop() error {
	d.delaying.Close()
	return d.prometheus.Stop()
}

func (d *dataStage) write(ctx context.Context, wide int) error {
	for panel := range panels {
		var series []persestest.Series
		for instance := range instances {
			series = append(series, persestest.Series{Name: "bench_requests_total",
				Labels:  map[string]string{"panel": numbered(panel), "instance": numbered(instance)},
				Samples: d.samples(points+1, step, float64(panel*instances+instance))})
		}
		if err := d.prometheus.Write(ctx, series...); err != nil {
			return err
		}
	}
	for n := range wide {
		err := d.prometheus.Write(ctx, persestest.Series{Name: "bench_wide", Labels: map[string]string{"n": numbered(n)},
			Samples: d.samples(wide, wideStep, float64(n))})
		if err != nil {
			return err
		}
	}
	return nil
}

// samples returns n values of a counter whose rate rises and falls, up to the end.
func (d *dataStage) samples(n int, step time.Duration, phase float64) []persestest.Sample {
	var total float64
	values := make([]float64, n)
	for i := range values {
		total += 100 * (1.5 + math.Sin(phase+float64(i)/20))
		values[i] = total
	}
	return persestest.Samples(d.end.Add(-time.Duration(n-1)*step), step, values...)
}

func numbered(n int) string { return fmt.Sprintf("%02d", n) }

func keyOf(panel int) string { return "panel-" + numbered(panel) }

func promQLOf(panel int) string {
	return fmt.Sprintf(`rate(bench_requests_total{panel=%q}[5m])`, numbered(panel))
}

// fill creates the project with its datasources, and a dashboard for each.
func (d *dataStage) fill(ctx context.Context) error {
	projects := d.stage.perses.URL + "/api/v1/projects"
	if err := post(ctx, projects, object{"kind": "Project", "metadata": object{"name": dataProject}}); err != nil {
		return err
	}
	for name, address := range map[string]string{fast: d.prometheus.URL, slow: d.delaying.URL} {
		plugin := object{"kind": "PrometheusDatasource", "spec": object{
			"scrapeInterval": step.String(), // the minimum step of panels
			"proxy":          object{"kind": "HTTPProxy", "spec": object{"url": address}}}}
		err := post(ctx, projects+"/"+dataProject+"/datasources", object{"kind": "Datasource",
			"metadata": object{"name": name, "project": dataProject}, "spec": object{"default": name == fast, "plugin": plugin}})
		if err != nil {
			return err
		}
		if err := post(ctx, projects+"/"+dataProject+"/dashboards", charts(name)); err != nil {
			return err
		}
	}
	return nil
}

// charts returns the dashboard whose panels query a datasource.
func charts(datasource string) object {
	all, items := object{}, []object{}
	for i := range panels {
		all[keyOf(i)] = object{"kind": "Panel", "spec": object{
			"display": object{"name": "Requests " + numbered(i)},
			"plugin":  object{"kind": "TimeSeriesChart", "spec": object{"legend": object{"position": "bottom"}}},
			"queries": []object{{"kind": "TimeSeriesQuery", "spec": object{"plugin": object{"kind": "PrometheusTimeSeriesQuery",
				"spec": object{"query": promQLOf(i), "datasource": object{"kind": "PrometheusDatasource", "name": datasource}, "seriesNameFormat": "{{instance}}"}}}}},
		}}
		items = append(items, object{"x": i % 3 * 8, "y": i / 3 * 6, "width": 8, "height": 6, "content": object{"$ref": "#/spec/panels/" + keyOf(i)}})
	}
	return object{"kind": "Dashboard", "metadata": object{"name": datasource, "project": dataProject}, "spec": object{
		"duration": "1h", "panels": all, "layouts": []object{{"kind": "Grid", "spec": object{"items": items}}}}}
}
