package dashboard_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
)

func TestFind(t *testing.T) {
	d := dashboard.Dashboard{Name: "shop", Panels: map[string]dashboard.Panel{}, Rows: []dashboard.Row{{Items: []dashboard.Item{
		{Panel: "mem", Place: dashboard.Place{X: 12, Width: 12, Height: 8}}, {Panel: "cpu", Place: dashboard.Place{Width: 12, Height: 8}}, {Place: dashboard.Place{Width: 1, Height: 1}}, {Panel: "cpu", Place: dashboard.Place{Y: 8, Width: 1, Height: 1}},
	}}}}
	for key, title := range map[string]string{"cpu": "CPU usage", "mem": "Memory", "Mem": "Latency", "a": "Errors", "b": "Errors", "c": "errors", "latency": "p99"} {
		d.Panels[key] = dashboard.Panel{Key: key, Title: title}
	}
	if got, want := strings.Join(d.Keys(), " "), "cpu mem Mem a b c latency"; got != want {
		t.Errorf("got the keys %s, want %s", got, want)
	}
	for name, want := range map[string]string{
		"cpu": "cpu", "CPU usage": "cpu", "cpu USAGE": "cpu", "mem": "mem", "Mem": "Mem", "Latency": "Mem", "errors": "c", "LATENCY": "latency", "P99": "latency",
		"MEM":    `dashboard "shop" has 2 panels called "MEM"; use one of their keys: mem, Mem`,
		"Errors": `dashboard "shop" has 2 panels called "Errors"; use one of their keys: a, b`,
		"CPU usages": `dashboard "shop" has no panel with the key or title "CPU usages". Nearest: cpu (CPU usage), a (Errors). ` +
			`Its panels: cpu (CPU usage), mem (Memory), Mem (Latency), a (Errors), b (Errors), c (errors), latency (p99)`,
	} {
		got, err := d.Find(name)
		if err != nil {
			got.Key = err.Error()
		}
		if got.Key != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got.Key, want)
		}
	}
	for i := range 20 {
		key := fmt.Sprintf("panel%d", i)
		d.Panels[key] = dashboard.Panel{Key: key, Title: key}
	}
	if _, err := d.Find("xyzzy"); err == nil || err.Error() != `dashboard "shop" has no panel with the key or title "xyzzy". It has 27 panels; perses_summarize_dashboard lists them` {
		t.Error(err)
	}
	if _, err := (dashboard.Dashboard{Name: "new"}).Find("x"); err == nil || err.Error() != `dashboard "new" has no panels` {
		t.Error(err)
	}
}
