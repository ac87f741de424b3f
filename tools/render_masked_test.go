package tools

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/panel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work"
)

// TestPicturesAreMasked: what is drawn has no password of a URL in it, and what other panels share stays as it is.
func TestPicturesAreMasked(t *testing.T) {
	const url = "https://ann:hidden@prom.example/"
	labels := model.Metric{"instance": url, "job": "api"}
	p := &panel.Panel{
		Panel: dashboard.Panel{Title: url, Kind: "TimeSeriesChart", Spec: json.RawMessage(`{"thresholds":{"steps":[{"name":"` + url + `"}]}}`)},
		Text:  url, Status: panel.Failed, Why: url,
	}
	p.Queries = []panel.Query{{Answer: query.Answer{
		Series:  []series.Series{{Name: url, Labels: labels}},
		Entries: []query.Entry{{Time: time.Unix(0, 0), Fields: []query.Field{{Name: "line", Value: url}}}},
	}}}
	c := &Call{Client: &perses.Client{Work: work.New(t.Context(), work.Max)}}
	drawn := fmt.Sprintf("%+v", c.rowsOf(panel.Result{Rows: []panel.Row{{Title: url, Items: []panel.Item{{Panel: p}}}}}))
	drawn += string(c.chartOf(p, panel.Result{}).Spec)
	if shown := strings.Count(drawn, "://<secret>@prom.example/"); shown != 8 || strings.Contains(drawn, "hidden") {
		t.Errorf("got %s", drawn)
	}
	if labels["instance"] != url || p.Queries[0].Series[0].Name != url {
		t.Errorf("what is drawn was changed: %v", p.Queries[0].Series)
	}
}
