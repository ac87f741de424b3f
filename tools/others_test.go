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

// wrongWithOthers is what is truly wrong with the dashboards of others in the Perses of the tests.
var wrongWithOthers = regexp.MustCompile(`^There is no (\w+ )?plugin "|` + // of which it has few
	`^There (is no metric|are no metrics) |^There is no \w*atasource[, ]|^It names no datasource, and no PrometheusDatasource is the default\.|` + // nor data, nor but one datasource
	`^\$datasource is not defined\.|` + // migration leaves variables for datasources behind
	`^spec\.nested is not allowed;|` + // what tests of migration have made up
	`which can have several values and then stands for \(a\|b\): write =~\.$`) // which is true of one of Perses' own

// ofPerses are the parts of a document that Perses sets.
var ofPerses = []string{"/metadata/createdAt", "/metadata/updatedAt", "/metadata/version", "/metadata/name"}

// TestDashboardsOfOthers takes those that the module of Perses carries, and what Perses makes of Grafana's, all the way: they
// are checked; those that Perses takes are summarized, read as sketches and built anew of these, edited there and back.
func TestDashboardsOfOthers(t *testing.T) {
	p := persestest.Shared(t)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{ResultLimit: 1 << 20})) // of a document, all
	project := persestest.NewProject(t, p)
	// Nothing is built that asks a datasource which is not there.
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
			delete(given["spec"].(object), "ttl") // of an ephemeral one
			given["kind"], given["metadata"] = "Dashboard", object{"name": name, "project": project}
			answer := answerOf(t, host, "perses_check_dashboard", object{"project": project, "document": given})
			for _, f := range answer.Get("findings").Array() {
				if f.Get("severity").Str == "error" && !wrongWithOthers.MatchString(f.Get("what").Str) {
					t.Errorf("it is said to be wrong: %s", f)
				}
			}
			if text, failed := host.Call("perses_apply_resource", object{"resource": given}); !failed {
				saved++
				throughAll(t, host, project, name)
			} else if answer.Get("ok").Bool() {
				t.Errorf("nothing is said to be wrong, but %s", text)
			}
		})
	}
	if least := 10; saved < least {
		t.Errorf("Perses has taken %d dashboards, want %d", saved, least)
	}
}

// throughAll does with a dashboard what can be done with one, and loses nothing without a word.
func throughAll(t *testing.T, host servertest.Host, project, name string) {
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
	excused := slices.Clone(ofPerses)
	for _, pointer := range read.Get("not_in_sketch").Array() {
		excused = append(excused, pointer.Str)
	}
	answerOf(t, host, "perses_build_dashboard", object{"project": project, "name": name + "-again", "sketch": json.RawMessage(read.Get("sketch").Raw)})
	for _, difference := range persestest.Differences(t, before, whole(name+"-again"), excused...) {
		t.Errorf("built of its sketch, it differs, which nothing has said: %s", difference)
	}

	title, change := gjson.GetBytes(before, "spec.display.name"), object{"op": "set", "title": nil}
	if title.Exists() {
		change["title"] = title.Str
	}
	for _, edit := range []object{{"op": "set", "title": "Another", "add_tags": []string{"more"}}, change, {"op": "set", "tags": nil}} {
		answerOf(t, host, "perses_edit_dashboard", of(object{"edits": []object{edit}}))
	}
	for _, difference := range persestest.Differences(t, before, whole(name), append(slices.Clone(ofPerses), "/metadata/tags", "/spec/display")...) {
		t.Errorf("edited there and back, it differs: %s", difference)
	}
}

// answerOf calls a tool that must succeed.
func answerOf(t *testing.T, host servertest.Host, tool string, arguments object) gjson.Result {
	t.Helper()
	text, failed := host.Call(tool, arguments)
	if failed {
		t.Fatalf("%s: %s", tool, text)
	}
	return gjson.Parse(text)
}
