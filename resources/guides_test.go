package resources_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/promql"
	"github.com/perses/mcp-server/pkg/server/servertest"
	"github.com/perses/mcp-server/resources"
	"github.com/perses/mcp-server/tools"
)

// guidesOf returns the guides as a host reads them.
func guidesOf(t *testing.T, host servertest.Host) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, r := range resources.All() {
		if name, is := strings.CutPrefix(r.URI, "perses://guides/"); is {
			text, err := host.Read(r.URI)
			if err != nil {
				t.Fatal(err)
			}
			texts[name] = text
		}
	}
	return texts
}

func TestGuidesAreShort(t *testing.T) {
	host := servertest.Connect(t, servertest.New(t, "http://127.0.0.1:1", servertest.Options{})) // they need no Perses
	texts := guidesOf(t, host)
	for _, name := range []string{"dashboards", "queries", "sketch"} {
		if n := len(texts[name]); n < 1000 || n > 6<<10 {
			t.Errorf("%s has %d bytes", name, n)
		}
	}
}

// TestGuidesNameExistingTools checks that the tools that guides name exist.
func TestGuidesNameExistingTools(t *testing.T) {
	host := servertest.Connect(t, servertest.New(t, "http://127.0.0.1:1", servertest.Options{}))
	texts := guidesOf(t, host)
	texts["the instructions"] = host.Instructions
	var names []string
	for _, tool := range tools.All(tools.Options{}) {
		names = append(names, tool.Name)
	}
	for guide, text := range texts {
		for _, name := range regexp.MustCompile(`\bperses_[a-z_]+`).FindAllString(text, -1) {
			if !slices.Contains(names, name) {
				t.Errorf("%s names %s, which is no tool", guide, name)
			}
		}
		for _, uri := range regexp.MustCompile(`perses://guides/[a-z]+`).FindAllString(text, -1) {
			if _, err := host.Read(uri); err != nil {
				t.Errorf("%s: %v", guide, err)
			}
		}
	}
}

// fence matches a code block in a guide with its language.
var fence = regexp.MustCompile("(?ms)^```([^\n]*)\n(.*?)^```$")

// reader runs the examples of one guide in their order. Edits apply to the dashboard that was built last.
type reader struct {
	t               *testing.T
	host            servertest.Host
	project, latest string
}

// examples has a function for each language of a code block. Guides contain no others.
var examples = map[string]func(r *reader, text string){
	"json sketch": func(r *reader, text string) {
		r.latest = fmt.Sprintf("%s-sketch", r.latest)
		r.call("perses_build_dashboard", object{"project": r.project, "name": r.latest, "sketch": json.RawMessage(text)}, `"effect":"created"`)
	},
	"json edits": func(r *reader, text string) {
		r.call("perses_edit_dashboard", object{"project": r.project, "dashboard": r.latest, "edits": json.RawMessage(text)}, `"effect":"updated"`)
	},
	"json dashboard": func(r *reader, text string) {
		r.call("perses_create_dashboard", object{"project": r.project, "dashboard": json.RawMessage(text)}, `"effect":"created"`)
	},
	"promql": func(r *reader, text string) {
		if _, err := promql.Parse(text); err != nil {
			r.t.Errorf("%v in %s", err, text)
		}
		// What a panel would put in the place of the variables.
		asked := strings.NewReplacer("$__rate_interval", "1m", "$__range", "1h", "$job", ".+").Replace(text)
		r.call("perses_query", object{"project": r.project, "query": asked}, "")
		r.call("perses_query", object{"project": r.project, "query": asked, "start": "now-1h", "end": "now"}, "")
	},
}

func (r *reader) call(tool string, arguments object, want string) {
	r.t.Helper()
	if text, failed := r.host.Call(tool, arguments); failed || !strings.Contains(text, want) {
		r.t.Errorf("%s: %s", tool, text)
	}
}

// TestExamplesOfGuides runs every example in the guides, against a real Perses and a real Prometheus.
func TestExamplesOfGuides(t *testing.T) {
	p, prometheus := persestest.Shared(t), persestest.SharedPrometheus(t)
	ran := map[string]int{}
	for name, text := range guidesOf(t, connect(t, p)) {
		t.Run(name, func(t *testing.T) {
			host := connect(t, p)
			r := &reader{t: t, host: host, project: persestest.NewProject(t, p), latest: name}
			create(t, host, "perses_apply_resource", object{"resource": object{"kind": "Datasource", "metadata": object{"name": "prom", "project": r.project},
				"spec": object{"default": true, "plugin": object{"kind": "PrometheusDatasource", "spec": object{
					"proxy": object{"kind": "HTTPProxy", "spec": object{"url": prometheus.URL}}}}}}})
			if fences := strings.Count(text, "```"); fences != 2*len(fence.FindAllString(text, -1)) {
				t.Fatalf("%d fences do not make whole examples", fences)
			}
			for _, example := range fence.FindAllStringSubmatch(text, -1) {
				run, known := examples[example[1]]
				if !known {
					t.Fatalf("an example of %q: say how to run it", example[1])
				}
				run(r, example[2])
				ran[example[1]]++
			}
		})
	}
	for sort := range examples {
		if ran[sort] == 0 {
			t.Errorf("no guide has an example of %q", sort)
		}
	}
}
