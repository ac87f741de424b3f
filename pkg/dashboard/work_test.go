package dashboard_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// TestReplaceLimit checks texts that would become too long because of many references or values. They must remain unchanged,
// without building a large text on the way.
func TestReplaceLimit(t *testing.T) {
	many := dashboard.Value{IsList: true}
	for i := range 10_000 {
		many.Values = append(many.Values, fmt.Sprintf("instance-%d.example:9100", i))
	}
	v := dashboard.Values{"many": many, "a": dashboard.Single("x")}
	for text, want := range map[string]string{
		strings.Repeat("$many ", 8000) + "$a":      "with the values of $many the text would exceed 1048576 bytes",
		"${many:queryparam} $a":                    "",
		strings.Repeat("${many:regex} ", 5) + "$a": "with the values of $many",
		"$many $a": "",
	} {
		budget := worktest.Budget()
		got, err := v.Replace(budget, text)
		if (err == nil) != (want == "") || err != nil && (!strings.HasPrefix(err.Error(), want) || !strings.HasPrefix(got, text[:len(text)-2])) || !strings.HasSuffix(got, " x") {
			t.Errorf("%.20s: got %d bytes, %v", text, len(got), err)
		}
		if used := budget.Used(); used > 3_000_000 {
			t.Errorf("%.20s: %d units were used", text, used)
		}
	}
	short := work.New(t.Context(), 1000)
	if got, err := v.Replace(short, "$many"); !errors.Is(err, work.ErrExhausted) || got != "$many" {
		t.Errorf("got %.20s, %v", got, err)
	}
}

// TestManyReferencesAndOptions would take hours if each reference were compared with all others.
func TestManyReferencesAndOptions(t *testing.T) {
	var text strings.Builder
	var names []string
	for i := range 300_000 {
		fmt.Fprintf(&text, "$v%d ", i)
		names = append(names, fmt.Sprint(i))
	}
	if got := len(dashboard.References(text.String())); got != len(names) {
		t.Errorf("got %d references", got)
	}
	options := dashboard.Options(names)
	v := dashboard.Variable{Name: "v", List: true, Multiple: true, Sort: "numerical-desc", Default: []string{"none"}}
	if got := v.Initial(options).Values; len(got) != 1 || got[0] != "299999" {
		t.Errorf("got %q", got)
	}
	v.Default = append(names[1:len(names):len(names)], "none")
	if got, err := v.Set(v.Default, options); err != nil || got.Note != `"none" not among its 300000 values` {
		t.Errorf("got %q, %v", got.Note, err)
	}
	v.CapturingRegexp = strings.Repeat(`(\d*)`, 200)
	if _, err := v.ApplyCapturingRegexp(worktest.Budget(), options); !errors.Is(err, work.ErrExhausted) {
		t.Errorf("got %v", err)
	}
}

// TestSpecIsParsedOnce looks up options of a large spec so often that scanning it each time would take minutes.
func TestSpecIsParsedOnce(t *testing.T) {
	p := dashboard.Panel{Kind: "StatChart"}.WithSpec(json.RawMessage(`{"pad":"` + strings.Repeat("x", 4<<20) + `","calculation":"max","legend":{"position":"right"}}`))
	for range 100_000 {
		if p.Choice("calculation", "") != "max" || p.Choice("legend.position", "") != "right" {
			t.Fatal("option not found")
		}
	}
	other := p
	other.Spec = json.RawMessage(`{"calculation":"min"}`)
	if got := other.Choice("calculation", ""); got != "min" {
		t.Errorf("with another spec: got %q", got)
	}
}

// TestExpandManyRows expands a dashboard with a huge number of repeated rows.
func TestExpandManyRows(t *testing.T) {
	many := dashboard.Value{IsList: true}
	for i := range 100_000 {
		many.Values = append(many.Values, fmt.Sprint(i))
	}
	d := dashboard.Dashboard{}
	for range 50_000 {
		d.Rows = append(d.Rows, dashboard.Row{Title: "$v", Repeat: "v"})
	}
	budget := worktest.Budget()
	rows, notes := d.Expand(budget, dashboard.Values{"v": many})
	if len(rows) != 500 || len(notes) != 2 || budget.Used() > 1_000_000 {
		t.Errorf("got %d rows, %q, with %d units", len(rows), notes, budget.Used())
	}
}
