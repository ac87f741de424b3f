package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/persestest"
)

// The dashboards that are read one by one.
const (
	documents = "documents" // their project
	medium    = "medium"    // 32 KB: 30 panels
	large     = "large"     // 1 MB: repetitions of these panels
	megabyte  = 1 << 20
)

// made is the number of dashboards created through Perses' API, which validates about five per second. All others are copies of
// their files.
const made = 10

// listed returns the name of the project with n dashboards.
func listed(n int) string { return fmt.Sprintf("listed-%d", n) }

type object = map[string]any

// create starts a Perses with a database folder, calls post with the URL of its projects, and stops it.
func create(ctx context.Context, database string, post func(projects string) error) error {
	p, err := persestest.Start(ctx, persestest.Options{Dir: database})
	if err != nil {
		return err
	}
	return errors.Join(post(p.URL+"/api/v1/projects"), p.Stop())
}

// fill creates the database folder of a Perses with the measured documents.
func fill(ctx context.Context, database string, lists []int) error {
	if err := create(ctx, database, func(url string) error { return fillPerses(ctx, url, lists) }); err != nil {
		return err
	}
	folder := func(project string) string { return filepath.Join(database, "dashboards", project) }
	if err := enlarge(folder(documents)); err != nil {
		return err
	}
	for _, n := range lists {
		if err := multiply(folder(listed(made)), folder(listed(n)), n); err != nil {
			return err
		}
	}
	return nil
}

func fillPerses(ctx context.Context, url string, lists []int) error {
	for _, project := range append([]string{documents, listed(made)}, names(lists)...) {
		if err := post(ctx, url, object{"kind": "Project", "metadata": object{"name": project}}); err != nil {
			return err
		}
	}
	if err := post(ctx, url+"/"+documents+"/dashboards", dashboard(documents, medium, 30)); err != nil {
		return err
	}
	return createDashboards(ctx, url, listed(made), made, 2)
}

// createDashboards creates n dashboards in a project.
func createDashboards(ctx context.Context, url, project string, n, panels int) error {
	for i := range n {
		if err := post(ctx, url+"/"+project+"/dashboards", dashboard(project, nameOf(i), panels)); err != nil {
			return err
		}
	}
	return nil
}

func names(lists []int) []string {
	var projects []string
	for _, n := range lists {
		if n != made {
			projects = append(projects, listed(n))
		}
	}
	return projects
}

func nameOf(i int) string { return fmt.Sprintf("dashboard-%05d", i) }

// dashboard returns a document with panels of about a kilobyte each.
func dashboard(project, name string, panels int) object {
	all, items := object{}, []object{}
	for i := range panels {
		key := fmt.Sprintf("panel%d", i)
		all[key] = panel(i)
		items = append(items, item(i, key))
	}
	return object{
		"kind":     "Dashboard",
		"metadata": object{"name": name, "project": project, "tags": []string{"bench", "team-a"}},
		"spec": object{
			"display": object{"name": "The dashboard " + name}, "duration": "1h", "panels": all,
			"layouts": []object{{"kind": "Grid", "spec": object{"display": object{"title": "Row"}, "items": items}}},
		},
	}
}

func item(i int, panel string) object {
	return object{"x": i % 3 * 8, "y": i / 3 * 6, "width": 8, "height": 6, "content": object{"$ref": "#/spec/panels/" + panel}}
}

func panel(i int) object {
	query := fmt.Sprintf(`sum by (job, instance) (rate(http_request_duration_seconds_count{job=~"$job",code!~"5..",handler="/api/%d"}[$__rate_interval])) > 0 `+
		`and on (job) up{job=~"$job"}`, i)
	queries := []object{}
	for _, legend := range []string{"{{job}} & {{instance}}", "all <requests>"} {
		queries = append(queries, object{"kind": "TimeSeriesQuery", "spec": object{"plugin": object{
			"kind": "PrometheusTimeSeriesQuery", "spec": object{"query": query, "seriesNameFormat": legend, "minStep": "15s"},
		}}})
	}
	return object{"kind": "Panel", "spec": object{
		"display": object{"name": fmt.Sprintf("Requests %d", i), "description": "See runbooks.example, or ask ops@shop.example"},
		"plugin": object{"kind": "TimeSeriesChart", "spec": object{
			"legend": object{"position": "bottom", "mode": "table", "values": []string{"mean", "max"}},
			"yAxis":  object{"format": object{"unit": "percent-decimal"}, "min": 0},
		}},
		"queries": queries,
	}}
}

// enlarge writes the large dashboard, made from the medium one, to their folder.
func enlarge(folder string) error {
	stored, err := os.ReadFile(filepath.Join(folder, medium+".json"))
	if err != nil {
		return err
	}
	var d struct {
		Kind     string         `json:"kind"`
		Metadata object         `json:"metadata"`
		Spec     map[string]any `json:"spec"`
	}
	if err := json.Unmarshal(stored, &d); err != nil {
		return err
	}
	d.Metadata["name"] = large
	panels := d.Spec["panels"].(object)
	first := slices.Sorted(maps.Keys(panels))
	var items []object
	for i := range len(first) * megabyte / len(stored) {
		key := fmt.Sprintf("panel%d", i)
		panels[key] = panels[first[i%len(first)]]
		items = append(items, item(i, key))
	}
	d.Spec["layouts"] = []object{{"kind": "Grid", "spec": object{"items": items}}}
	enlarged, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, large+".json"), enlarged, 0o600)
}

// multiply fills the folder of a project with n copies of the dashboards in the folder of another project.
func multiply(from, to string, n int) error {
	if from == to {
		return nil
	}
	if err := os.MkdirAll(to, 0o750); err != nil {
		return err
	}
	var originals [made]string
	for i := range originals {
		stored, err := os.ReadFile(filepath.Join(from, nameOf(i)+".json"))
		if err != nil {
			return err
		}
		originals[i] = strings.ReplaceAll(string(stored), filepath.Base(from), filepath.Base(to))
	}
	for i := range n {
		text := strings.ReplaceAll(originals[i%made], nameOf(i%made), nameOf(i))
		if err := os.WriteFile(filepath.Join(to, nameOf(i)+".json"), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func post(ctx context.Context, url string, document any) error {
	sent, err := json.Marshal(document)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(sent))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if answer, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusOK {
		return fmt.Errorf("POST %s: %s: %s", url, response.Status, answer)
	}
	return nil
}
