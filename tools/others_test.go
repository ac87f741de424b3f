package tools_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// expectedFindings matches the true findings about the dashboards of other projects in the Perses of the tests.
var expectedFindings = regexp.MustCompile(`^There is no (\w+ )?plugin "|` + // it has few plugins
	`^There (is no metric|are no metrics) |^There is no \w*atasource[, ]|^The metrics .* do not exist\.|^It names no datasource, and there is no default PrometheusDatasource\.|` + // no data, and one datasource
	`^\$datasource is not defined\.|` + // migration does not define the variables for datasources
	`^spec\.nested is not allowed;|` + // made up by tests of migration
	`which can have several values and then stands for \(a\|b\): write =~\.$`) // true for a dashboard of Perses' own

// setByPerses lists the fields of a document that differ between copies.
var setByPerses = []string{"/metadata/createdAt", "/metadata/updatedAt", "/metadata/version", "/metadata/name"}

// TestForeignDashboards checks the dashboards in the module of Perses, and dashboards that Perses has migrated from Grafana. Those
// that Perses accepts are summarized, rebuilt from their sketches, and edited and restored.
func TestForeignDashboards(t *testing.T) {
	p := persestest.Shared(t)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{ResultLimit: 1 << 20})) // fits whole documents
	project := persestest.NewProject(t, p)
	// A sketch cannot name a datasource that does not exist.
	answerOf(t, host, "perses_apply_resource", object{"resource": object{"kind": "Datasource", "metadata": object{"name": "PrometheusDemo", "project": project},
		"spec": object{"plugin": object{"kind": "PrometheusDatasource", "spec": object{"proxy": object{"kind": "HTTPProxy", "spec": object{"url": persestest.SharedPrometheus(t).URL}}}}}}})
	all := persestest.Dashboards(t)
	maps.Copy(all, p.MigratedDashboards(t))
	saved := 0
	for where, document := range all {
		t.Run(where, func(t *testing.T) {
			name := strings.NewReplacer("/", "-", ".", "-").Replace(where)
			name = name[max(0, len(name)-60):]
			var given object
			if err := json.Unmarshal(document, &given); err != nil {
				t.Fatal(err)
			}
			delete(given["spec"].(object), "ttl") // of ephemeral dashboards
			given["kind"], given["metadata"] = "Dashboard", object{"name": name, "project": project}
			answer := answerOf(t, host, "perses_check_dashboard", object{"project": project, "document": given})
			for _, f := range answer.Get("findings").Array() {
				if f.Get("severity").Str == "error" && !expectedFindings.MatchString(f.Get("what").Str) {
					t.Errorf("unexpected finding: %s", f)
				}
			}
			if text, failed := host.Call("perses_apply_resource", object{"resource": given}); !failed {
				saved++
				roundTrip(t, host, project, name)
			} else if answer.Get("ok").Bool() {
				t.Errorf("no finding, but %s", text)
			}
		})
	}
	if saved < 10 {
		t.Errorf("Perses has accepted %d dashboards, want at least 10", saved)
	}
}

// roundTrip summarizes, rebuilds and edits a dashboard, and checks that no loss is unreported.
func roundTrip(t *testing.T, host servertest.Host, project, name string) {
	t.Helper()
	of := func(more object) object {
		maps.Copy(more, object{"project": project, "dashboard": name})
		return more
	}
	whole := func(name string) json.RawMessage {
		return json.RawMessage(answerOf(t, host, "perses_get_dashboard_by_name", object{"project": project, "dashboard": name}).Get("document").Raw)
	}
	before := whole(name)

	const fourKilobytes = 4 << 10
	outline := answerOf(t, host, "perses_summarize_dashboard", of(object{}))
	if panels := len(gjson.GetBytes(before, "spec.panels").Map()); len(outline.Raw) > fourKilobytes || int(outline.Get("panel_count").Int()) != panels {
		t.Errorf("the summary has %d bytes and not %d panels: %s", len(outline.Raw), panels, outline)
	}

	read := answerOf(t, host, "perses_get_dashboard_by_name", of(object{"as_sketch": true}))
	expected := slices.Clone(setByPerses)
	for _, pointer := range read.Get("not_in_sketch").Array() {
		expected = append(expected, pointer.Str)
	}
	answerOf(t, host, "perses_build_dashboard", object{"project": project, "name": name + "-again", "sketch": json.RawMessage(read.Get("sketch").Raw)})
	for _, difference := range persestest.Differences(t, before, whole(name+"-again"), expected...) {
		t.Errorf("rebuilt from its sketch, it differs without a note: %s", difference)
	}

	title, change := gjson.GetBytes(before, "spec.display.name"), object{"op": "set", "title": nil}
	if title.Exists() {
		change["title"] = title.Str
	}
	for _, edit := range []object{{"op": "set", "title": "Another", "add_tags": []string{"more"}}, change, {"op": "set", "tags": nil}} {
		answerOf(t, host, "perses_edit_dashboard", of(object{"edits": []object{edit}}))
	}
	for _, difference := range persestest.Differences(t, before, whole(name), append(slices.Clone(setByPerses), "/metadata/tags", "/spec/display")...) {
		t.Errorf("edited and restored, it differs: %s", difference)
	}
}

// answerOf calls a tool and fails the test on an error.
func answerOf(t *testing.T, host servertest.Host, tool string, arguments object) gjson.Result {
	t.Helper()
	text, failed := host.Call(tool, arguments)
	if failed {
		t.Fatalf("%s: %s", tool, text)
	}
	return gjson.Parse(text)
}
