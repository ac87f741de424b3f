package panel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/spec/go/common"
	"github.com/prometheus/client_golang/api"
	prom "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/panel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/persestest"
)

func TestMain(m *testing.M) { persestest.Main(m) }

// room is the project of a test with the default datasource prom, which is a real Prometheus.
type room struct {
	testing.TB
	perses     *persestest.Perses
	prom       *persestest.Prometheus
	project    string
	server     *perses.Server
	start, end time.Time // the hour that has samples, one each minute
}

// lastMinute is that of the samples, the same for all tests. It lies in the present: of what Prometheus has got out of
// order, it knows the labels only in a range that reaches until then.
var lastMinute = sync.OnceValue(func() time.Time { return time.Now().Truncate(time.Minute).Add(time.Minute) })

func newRoom(t testing.TB) room {
	t.Helper()
	p := persestest.Shared(t)
	r := room{t, p, persestest.SharedPrometheus(t), persestest.NewProject(t, p), nil, time.Time{}, time.Time{}}
	r.end = lastMinute()
	r.start = r.end.Add(-time.Hour)
	var err error
	r.server, err = perses.Connect(clientconfig.RestConfigClient{URL: common.MustParseURL(p.URL)}, perses.Trust{"global", "project"})
	if err != nil {
		t.Fatal(err)
	}
	r.create("datasources", "Datasource", "prom", r.prom.Datasource())
	return r
}

// create creates a document in the project.
func (r room) create(plural, kind, name string, spec any) {
	r.Helper()
	r.send(r.Context(), http.MethodPost, "/api/v1/projects/"+r.project+"/"+plural, map[string]any{"kind": kind, "metadata": map[string]any{"name": name, "project": r.project}, "spec": spec})
}

// createGlobal creates a global document and deletes it at the end of the test.
func (r room) createGlobal(plural, kind, name string, spec any) {
	r.Helper()
	r.send(r.Context(), http.MethodPost, "/api/v1/"+plural, map[string]any{"kind": kind, "metadata": map[string]any{"name": name}, "spec": spec})
	r.Cleanup(func() { r.send(context.Background(), http.MethodDelete, "/api/v1/"+plural+"/"+name, nil) })
}

func (r room) send(ctx context.Context, method, path string, document any) {
	r.Helper()
	body, err := json.Marshal(document)
	if err != nil {
		r.Fatal(err)
	}
	request, err := http.NewRequestWithContext(ctx, method, r.perses.URL+path, bytes.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		var said bytes.Buffer
		_, _ = said.ReadFrom(response.Body)
		r.Fatalf("%s %s: %s %s", method, path, response.Status, &said)
	}
}

// datasource creates a datasource with an address in the project.
func (r room) datasource(kind, name, url string) {
	r.Helper()
	r.create("datasources", "Datasource", name, json.RawMessage(fmt.Sprintf(`{"default":false,"plugin":{"kind":%q,"spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":%q}}}}}`, kind, url)))
}

// write writes a series with one sample per minute into Prometheus. The values begin with first and increase by step.
func (r room) write(name string, labels map[string]string, first, step float64) {
	r.Helper()
	var values []float64
	for i := range 61 {
		values = append(values, first+step*float64(i))
	}
	if err := r.prom.Write(r.Context(), persestest.Series{Name: name, Labels: labels, Samples: persestest.Samples(r.start, time.Minute, values...)}); err != nil {
		r.Fatal(err)
	}
}

// byHand queries Prometheus without Perses.
func (r room) byHand() prom.API {
	r.Helper()
	client, err := api.NewClient(api.Config{Address: r.prom.URL})
	if err != nil {
		r.Fatal(err)
	}
	return prom.NewAPI(client)
}

// dashboard parses a dashboard with this spec in the project.
func (r room) dashboard(spec string) dashboard.Dashboard {
	r.Helper()
	d, err := dashboard.Parse(json.RawMessage(`{"kind":"Dashboard","metadata":{"name":"board","project":"` + r.project + `"},"spec":` + spec + `}`))
	if err != nil {
		r.Fatal(err)
	}
	return d
}

// run runs a dashboard over the hour of the samples.
func (r room) run(d dashboard.Dashboard, o panel.Options) panel.Result {
	r.Helper()
	result, err := r.try(r.Context(), d, o)
	if err != nil {
		r.Fatal(err)
	}
	return result
}

func (r room) try(ctx context.Context, d dashboard.Dashboard, o panel.Options) (panel.Result, error) {
	o.Start, o.End = r.start, r.end
	return panel.Run(r.server.Client(ctx), d, o)
}

// panelJSON returns a panel with Prometheus queries.
func panelJSON(kind, title string, queries ...string) string {
	var list []string
	for _, q := range queries {
		if !strings.HasPrefix(q, "{") {
			q = fmt.Sprintf(`{"query":%q}`, q)
		}
		list = append(list, `{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":`+q+`}}}`)
	}
	return fmt.Sprintf(`{"kind":"Panel","spec":{"display":{"name":%q},"plugin":{"kind":%q,"spec":{}},"queries":[%s]}}`, title, kind, strings.Join(list, ","))
}

// find returns the panel with a key.
func find(t testing.TB, r panel.Result, key string) *panel.Panel {
	t.Helper()
	for _, p := range r.Panels {
		if p.Key == key {
			return p
		}
	}
	t.Fatalf("panel %s has not been run", key)
	return nil
}

// summary returns the result of a panel as text.
func summary(p *panel.Panel) string {
	text := string(p.Status)
	for _, q := range p.Queries {
		for _, s := range q.Series {
			text += " " + s.Name
			if len(s.Points) > 0 {
				text += fmt.Sprintf("=%.6g", float64(s.Points[len(s.Points)-1].Value))
			}
		}
	}
	lacks := ""
	if p.Lacks != nil {
		lacks = "lacks " + strings.Join(p.Lacks, ", ")
	}
	for _, said := range append([]string{p.Why, lacks}, p.Notes...) {
		if said != "" {
			text += "; " + said
		}
	}
	return text
}
