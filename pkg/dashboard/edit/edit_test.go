package edit_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/perses/mcp-server/pkg/dashboard/edit"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

var update = flag.Bool("update", false, "write what comes out of the edits into testdata")

// env is the environment of the dashboards in testdata.
var env = sketch.Env{
	Plugins: map[string][]string{
		"Panel":           {"TimeSeriesChart", "StatChart", "GaugeChart", "BarChart", "Markdown", "LogsTable"},
		"TimeSeriesQuery": {"PrometheusTimeSeriesQuery", "LokiTimeSeriesQuery"}, "LogQuery": {"LokiLogQuery"},
		"Variable": {"PrometheusLabelValuesVariable", "PrometheusPromQLVariable", "StaticListVariable"},
	},
	Datasources: map[string]string{"prom": "PrometheusDatasource", "thanos": "PrometheusDatasource", "loki": "LokiDatasource"},
}

// TestApply applies the edits in testdata. A file begins with a document. Each following pair of sections contains edits,
// one per line, and their outcome: the reported changes after #, then the part of the document that differs, before and
// after; or an error after !.
func TestApply(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no edits", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			document := strings.TrimSpace(string(archive.Files[0].Data))
			for i := 1; i+1 < len(archive.Files); i += 2 {
				edits, want := archive.Files[i], &archive.Files[i+1]
				got := outcome(document, strings.Split(strings.TrimSpace(string(edits.Data)), "\n"))
				if *update {
					want.Data = []byte(got)
				} else if got != string(want.Data) {
					t.Errorf("%s%s", edits.Data, diff.Diff("want", want.Data, "got", []byte(got)))
				}
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// outcome applies edits and describes the result.
func outcome(document string, edits []string) string {
	var list []json.RawMessage
	for _, e := range edits {
		list = append(list, json.RawMessage(e))
	}
	edited, diff, err := edit.Apply(worktest.Budget(), json.RawMessage(document), list, env, secrets)
	if err != nil {
		return "! " + err.Error() + "\n"
	}
	lines := ""
	for _, line := range diff {
		lines += "# " + line + "\n"
	}
	if string(edited) == document {
		return lines + "unchanged\n"
	}
	return lines + difference(document, string(edited))
}

// difference returns the parts of two texts that differ, after - and +, with a little context.
func difference(before, after string) string {
	const around = 12
	begin, end := 0, 0
	for begin < min(len(before), len(after)) && before[begin] == after[begin] {
		begin++
	}
	for end < min(len(before), len(after))-begin && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	begin, end = max(0, begin-around), max(0, end-around)
	return "- " + before[begin:len(before)-end] + "\n+ " + after[begin:len(after)-end] + "\n"
}

func TestMaxEdits(t *testing.T) {
	document := json.RawMessage(`{"kind":"Dashboard","spec":{"duration":"1h"}}`)
	edits := slices.Repeat([]json.RawMessage{json.RawMessage(`{"op":"set","duration":"2h"}`)}, 500)
	if _, _, err := edit.Apply(worktest.Budget(), document, edits, sketch.Env{}, secrets); err != nil {
		t.Error(err)
	}
	_, _, err := edit.Apply(worktest.Budget(), document, append(edits, edits[0]), sketch.Env{}, secrets)
	if want := "there are 501 edits, but one call accepts at most 500: split them over several calls"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
