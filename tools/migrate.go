package tools

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/grafana"
	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

// migration is the answer of perses_migrate_grafana_dashboard.
type migration struct {
	effect
	Title       string            `json:"title,omitempty"`
	Migrated    map[string]string `json:"migrated"`               // such as "3 of 4" for panels and variables
	NotMigrated []string          `json:"not_migrated,omitempty"` // parts that became placeholders or cannot work
	Lost        []string          `json:"lost,omitempty"`         // parts that are missing from the new dashboard
	Mended      []string          `json:"mended,omitempty"`       // errors and omissions of Perses' migration that were corrected
	Unmapped    []unmapped        `json:"unmapped,omitempty"`
	Datasources []string          `json:"datasources,omitempty"` // possible targets of a mapping
	Findings    []lint.Finding    `json:"findings,omitempty"`    // problems of the new dashboard
	MoreFound   int               `json:"more_findings,omitempty"`
	Panels      map[string]int    `json:"panels,omitempty"` // the number of panels with each status
}

// unmapped is a datasource in Grafana that the call does not map to one in Perses.
type unmapped struct {
	Grafana string `json:"grafana"` // its key in the argument datasources
	Type    string `json:"type,omitempty"`
	Uses    string `json:"uses"` // the datasource that is used instead
}

// migrateGrafana returns the tool that migrates dashboards from Grafana. importDir is the folder for imports, "" for none.
func migrateGrafana(importDir string) Tool {
	document, file := Param{Name: "grafana_dashboard", Type: Object, Doc: "as exported"}, Param{Name: "file", Doc: "instead: its name in --import-dir"}
	name := Param{Name: "name", Type: Name, Doc: "default: from the title"}
	mapping := Param{Name: "datasources", Type: Object, Doc: `{"name, uid or ${DS_X} in Grafana":"datasource in Perses"}`}
	return Tool{
		Name: "perses_migrate_grafana_dashboard", Title: "Migrate a dashboard from Grafana",
		Description: "Make a new dashboard from a Grafana dashboard. The answer says what was migrated, mended, lost or not: tell the user. Use dry_run first: `unmapped` says which datasources to map.",
		Params:      []Param{document, file, required(project), name, mapping, dryRun},
		Effect:      Creates, Toolset: authorToolset,
		Run: func(call *Call) (any, error) {
			if call.Has(document.Name) == call.Has(file.Name) {
				return nil, errors.New("give either grafana_dashboard or file")
			}
			mapped, err := stringsIn(call, mapping.Name)
			if err != nil {
				return nil, err
			}
			raw, input := call.Document(document.Name), document.Name
			if call.Has(file.Name) {
				if raw, err = readImport(importDir, call.Text(file.Name)); err != nil {
					return nil, err
				}
				input = fmt.Sprintf("file %q", call.Text(file.Name))
			}
			source, err := grafana.Read(call.Work, raw)
			if err != nil {
				return nil, fmt.Errorf("%s cannot be migrated: %w", input, err)
			}
			r := perses.Ref{Kind: modelv1.KindDashboard, Project: call.Text(project.Name), Name: source.Name(mask.Text)}
			if call.Has(name.Name) {
				r.Name = call.Text(name.Name)
			}
			if r.Name == "" {
				return nil, errors.New("missing: name (none can be derived from the title)")
			}
			return migrate(call, source, r, mapped)
		},
	}
}

// stringsIn returns an argument that is an object of strings.
func stringsIn(call *Call, name string) (map[string]string, error) {
	var values map[string]json.RawMessage
	_ = json.Unmarshal(call.Document(name), &values) // the schema guarantees an object
	texts := map[string]string{}
	for key, value := range values {
		var text string
		if json.Unmarshal(value, &text) != nil || text == "" {
			return nil, fmt.Errorf("%s: %q: want the name of a datasource in Perses, a string", name, clip(key))
		}
		texts[key] = text
	}
	return texts, nil
}

// migrate migrates a dashboard and saves it as a new one.
func migrate(call *Call, source grafana.Source, r perses.Ref, mapped map[string]string) (any, error) {
	switch existing, err := call.Get(r); {
	case err == nil:
		return nil, fmt.Errorf("%s exists already (version %d). Give another name", r, versionOf(existing))
	case !problem.IsMissing(err):
		return nil, call.Explain("migrate to", r, err)
	}
	if err := checkProject(call, "migrate to", r); err != nil {
		return nil, err
	}
	datasources, err := call.visibleDatasources(r.Project, true)
	if err != nil {
		return nil, err
	}
	targets := datasources.items // a datasource that the caller may not read cannot be a target
	chosen, left, err := source.MapDatasources(call.Work, mapped, targetsOf(targets))
	if err != nil {
		return nil, err
	}
	plugins, err := call.pluginNames()
	if err != nil {
		return nil, err
	}
	variables, err := call.visibleVariables(r.Project)
	if err != nil {
		return nil, err
	}
	available := grafana.Available{Plugins: slices.Concat(slices.Collect(maps.Values(plugins))...), Variables: variables.items}
	raw, err := migrateWithRetries(call, source)
	if err != nil {
		return nil, call.Explain("migrate", r, err)
	}
	document, report, err := source.Fix(call.Work, raw, chosen, available)
	if err != nil {
		return nil, call.Explain("migrate", r, err)
	}
	document = withRef(document, r)
	done, err := write(call, r, document, nil, "")
	if err != nil {
		return nil, err
	}
	answer := migration{
		effect: done, Title: source.Title(),
		Migrated: map[string]string{"panels": fmt.Sprintf("%d of %d", report.Panels, source.Panels())},
		Lost:     report.Lost, Mended: report.Fixed, NotMigrated: report.NotMigrated,
	}
	if source.Variables() > 0 {
		answer.Migrated["variables"] = fmt.Sprintf("%d of %d", report.Variables, source.Variables())
	}
	for _, d := range left {
		answer.Unmapped = append(answer.Unmapped, unmapped{d.String(), d.Type, defaultOf(targets, d, chosen[d.Name].Kind)})
	}
	if len(left) > 0 {
		answer.Datasources = describeTargets(targets)
	}
	answer.check(call, document, plugins)
	return mask.Document(perses.Marshal(answer.fit(call.Limit))), nil
}

// check checks the new dashboard and runs its panels.
func (m *migration) check(call *Call, document json.RawMessage, plugins map[string][]string) {
	found, err := call.checkHere(m.Project, document, m.Effect != "", plugins)
	if err != nil {
		m.Hint = "not checked: " + err.Error()
		return
	}
	found.addPanels()
	m.Findings, m.Panels = found.Sorted(call.Work), found.panels
	m.Hint = strings.Join(found.allNotes(), "; ")
}

// migrateWithRetries lets Perses migrate a dashboard. Its migration fails as a whole if it does not expect the form of one panel. The request
// is then repeated without that part: first for single panels, then for all panels of a type, because each attempt takes as long
// as the first.
func migrateWithRetries(call *Call, source grafana.Source) (json.RawMessage, error) {
	const oneByOne = 3
	for attempt := 0; ; attempt++ {
		const costPerPanel = 300 // units of work for each attempt
		if !call.Work.Spend(costPerPanel * source.Panels()) {
			return nil, fmt.Errorf("after %d refused attempts: %w", attempt, call.Work.Err())
		}
		raw, err := call.MigrateGrafana(source.Prepared())
		var refused *problem.Error
		if err == nil || !errors.As(err, &refused) || !source.Relax(refused.Message, attempt >= oneByOne) {
			return raw, err
		}
	}
}

// describeTargets describes datasources as possible targets of a mapping.
func describeTargets(datasources []perses.Datasource) (names []string) {
	const maxNames = 30
	for _, d := range datasources {
		if len(names) == maxNames {
			return append(names, fmt.Sprintf("and %d more", len(datasources)-maxNames))
		}
		names = append(names, fmt.Sprintf("%s (%s, %s)", d.Name, d.Scope, kindOfDatasource(d)))
	}
	return names
}

func targetsOf(datasources []perses.Datasource) (targets []grafana.Target) {
	for _, d := range datasources {
		targets = append(targets, grafana.Target{Kind: kindOfDatasource(d), Name: d.Name})
	}
	return targets
}

func kindOfDatasource(d perses.Datasource) string {
	return gjson.GetBytes(d.Spec, "plugin.kind").String()
}

// defaultOf describes the datasource that replaces an unmapped one: the default of its kind, of the project or else of all. If
// Grafana's document has no type for it, Perses assumes Prometheus.
func defaultOf(datasources []perses.Datasource, d grafana.Datasource, kind string) string {
	switch {
	case kind == "" && d.Type != "":
		return "the default of its kind, if its queries are migrated at all"
	case kind == "":
		kind = dashboard.PrometheusDatasource
	}
	i := slices.IndexFunc(datasources, func(d perses.Datasource) bool {
		return kindOfDatasource(d) == kind && gjson.GetBytes(d.Spec, "default").Bool()
	})
	if i < 0 {
		return fmt.Sprintf("the default %s, but there is none: no data until it is mapped", kind)
	}
	return fmt.Sprintf("the default %s, %s", kind, datasources[i].Name)
}

// fit shortens the lists of the report until the answer fits, and counts what it leaves out.
func (m migration) fit(limit int) migration {
	for len(m.Findings) > 0 && len(perses.Marshal(m)) > limit { // perses_check_dashboard reports them all
		kept := len(m.Findings) / 2
		m.MoreFound += len(m.Findings) - kept
		m.Findings = m.Findings[:kept]
	}
	for _, list := range []*[]string{&m.Datasources, &m.Mended, &m.Lost, &m.NotMigrated} {
		for all := len(*list); len(perses.Marshal(m)) > limit && len(*list) > 1; {
			kept := (len(*list) - 1) / 2
			*list = append(slices.Clone((*list)[:kept]), fmt.Sprintf("and %d more", all-kept))
			if kept == 0 {
				break
			}
		}
	}
	if len(perses.Marshal(m)) > limit {
		m.Hint = strings.TrimPrefix(m.Hint+"; ", "; ") + fmt.Sprintf("and %d more unmapped datasources", len(m.Unmapped))
		m.Unmapped = nil
	}
	return m
}
