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

	"github.com/perses/mcp-server/pkg/dashboard/grafana"
	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/perses"
)

// migration is the answer of perses_migrate_grafana_dashboard.
type migration struct {
	effect
	Title       string            `json:"title,omitempty"`
	Migrated    map[string]string `json:"migrated"`               // how many of the panels and variables work as they did
	NotMigrated []string          `json:"not_migrated,omitempty"` // a placeholder stands there, or what cannot work
	Lost        []string          `json:"lost,omitempty"`         // not there any more
	Mended      []string          `json:"mended,omitempty"`       // what Perses' own migration leaves wrong or out
	Unmapped    []unmapped        `json:"unmapped,omitempty"`
	There       []string          `json:"datasources,omitempty"` // that could be mapped to
	Findings    []lint.Finding    `json:"findings,omitempty"`    // what is wrong with what has come of it
	Left        int               `json:"more_findings,omitempty"`
	Panels      map[string]int    `json:"panels,omitempty"` // how many of them have data, are empty or have failed
}

// unmapped is a datasource of Grafana of which nobody said what it becomes.
type unmapped struct {
	Grafana string `json:"grafana"` // the key under which datasources can map it
	Type    string `json:"type,omitempty"`
	Uses    string `json:"uses"` // what is asked instead
}

// migrateGrafana makes the tool that brings dashboards over from Grafana, also out of files in this folder, if that is not "".
func migrateGrafana(importDir string) Tool {
	document, file := Param{Name: "grafana_dashboard", Type: Object, Doc: "as exported"}, Param{Name: "file", Doc: "instead: its name in --import-dir"}
	name := Param{Name: "name", Type: Name, Doc: "default: of its title"}
	mapping := Param{Name: "datasources", Type: Object, Doc: `{"name, uid or ${DS_X} in Grafana":"datasource in Perses"}`}
	return Tool{
		Name: "perses_migrate_grafana_dashboard", Title: "Bring a dashboard over from Grafana",
		Description: "Make a new dashboard of one of Grafana. Answers what was migrated, mended, lost and what was not: tell the person. With dry_run first, see `unmapped` for which datasources to map.",
		Params:      []Param{document, file, required(project), name, mapping, dryRun},
		Effect:      Creates, Toolset: authorToolset,
		Run: func(call *Call) (any, error) {
			if call.Has(document.Name) == call.Has(file.Name) {
				return nil, errors.New("give either grafana_dashboard or file")
			}
			mapped, err := textsIn(call, mapping.Name)
			if err != nil {
				return nil, err
			}
			raw, what := call.Document(document.Name), document.Name
			if call.Has(file.Name) {
				if raw, err = imported(importDir, call.Text(file.Name)); err != nil {
					return nil, err
				}
				what = fmt.Sprintf("file %q", call.Text(file.Name))
			}
			source, err := grafana.Read(call.Work, raw)
			if err != nil {
				return nil, fmt.Errorf("%s cannot be migrated: %w", what, err)
			}
			r := perses.Ref{Kind: modelv1.KindDashboard, Project: call.Text(project.Name), Name: source.Name(perses.MaskText)}
			if call.Has(name.Name) {
				r.Name = call.Text(name.Name)
			}
			if r.Name == "" {
				return nil, errors.New("missing: name (none can be made of the title)")
			}
			return migrate(call, source, r, mapped)
		},
	}
}

// textsIn returns an argument that is an object of strings.
func textsIn(call *Call, name string) (map[string]string, error) {
	var values map[string]json.RawMessage
	_ = json.Unmarshal(call.Document(name), &values) // the schema has made sure that it is an object
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
	case !perses.IsMissing(err):
		return nil, call.Explain("migrate to", r, err)
	}
	if err := checkProject(call, "migrate to", r); err != nil {
		return nil, err
	}
	datasources, err := call.datasourcesAround(r.Project, true)
	if err != nil {
		return nil, err
	}
	there := datasources.all // what the caller may not read, nothing can be mapped to
	chosen, left, err := source.Choose(call.Work, mapped, targetsOf(there))
	if err != nil {
		return nil, err
	}
	plugins, err := call.pluginNames()
	if err != nil {
		return nil, err
	}
	variables, err := call.variablesAround(r.Project)
	if err != nil {
		return nil, err
	}
	here := grafana.Here{Plugins: slices.Concat(slices.Collect(maps.Values(plugins))...), Variables: variables.all}
	raw, err := migrated(call, source)
	if err != nil {
		return nil, call.Explain("migrate", r, err)
	}
	document, report, err := source.Mend(call.Work, raw, chosen, here)
	if err != nil {
		return nil, call.Explain("migrate", r, err)
	}
	document = moved(document, r)
	placed, err := write(call, r, document, nil, "")
	if err != nil {
		return nil, err
	}
	answer := migration{
		effect: placed, Title: source.Title(),
		Migrated: map[string]string{"panels": fmt.Sprintf("%d of %d", report.Panels, source.Panels())},
		Lost:     report.Lost, Mended: report.Mended, NotMigrated: report.NotMigrated,
	}
	if source.Variables() > 0 {
		answer.Migrated["variables"] = fmt.Sprintf("%d of %d", report.Variables, source.Variables())
	}
	for _, d := range left {
		answer.Unmapped = append(answer.Unmapped, unmapped{d.String(), d.Type, defaultOf(there, d, chosen[d.Name].Kind)})
	}
	if len(left) > 0 {
		answer.There = described(there)
	}
	answer.check(call, document, plugins)
	return perses.Show(perses.Marshal(answer.within(call.Limit))), nil
}

// check adds what is wrong with the dashboard that has come of it, and which of its panels show data.
func (m *migration) check(call *Call, document json.RawMessage, plugins map[string][]string) {
	found, err := call.checkHere(m.Project, document, m.Effect != "", plugins)
	if err != nil {
		m.Hint = "it was not checked: " + err.Error()
		return
	}
	found.addPanels()
	m.Findings, m.Panels = found.Sorted(call.Work), found.panels
	m.Hint = strings.Join(found.allNotes(), "; ")
}

// migrated lets Perses migrate a dashboard. Its migration fails as a whole where a panel has a form that it does not foresee, so
// it is asked again without that; soon for all panels of the type at once, for each time takes as long as the first.
func migrated(call *Call, source grafana.Source) (json.RawMessage, error) {
	const oneByOne = 3
	for attempt := 0; ; attempt++ {
		const ofPanel = 300 // units, for each attempt
		if !call.Work.Spend(ofPanel * source.Panels()) {
			return nil, fmt.Errorf("after %d attempts that Perses has refused: %w", attempt, call.Work.Err())
		}
		raw, err := call.MigrateGrafana(source.Prepared())
		var refused *perses.Error
		if err == nil || !errors.As(err, &refused) || !source.Relax(refused.Message, attempt >= oneByOne) {
			return raw, err
		}
	}
}

// described names datasources that can be mapped to.
func described(there []perses.Datasource) (names []string) {
	const most = 30
	for _, d := range there {
		if len(names) == most {
			return append(names, fmt.Sprintf("and %d more", len(there)-most))
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

// defaultOf says which datasource is asked in the place of an unmapped one: the default of its kind, first the project's. Where
// Grafana's document does not say what it is, Perses takes it for a Prometheus.
func defaultOf(there []perses.Datasource, d grafana.Datasource, kind string) string {
	switch {
	case kind == "" && d.Type != "":
		return "the default of its kind, where its queries are migrated at all"
	case kind == "":
		kind = "PrometheusDatasource"
	}
	i := slices.IndexFunc(there, func(d perses.Datasource) bool {
		return kindOfDatasource(d) == kind && gjson.GetBytes(d.Spec, "default").Bool()
	})
	if i < 0 {
		return fmt.Sprintf("the default %s, of which there is none: no data until it is mapped", kind)
	}
	return fmt.Sprintf("the default %s, %s", kind, there[i].Name)
}

// within shortens the lists of the report until the answer fits, and says how much is left out.
func (m migration) within(limit int) migration {
	for len(m.Findings) > 0 && len(perses.Marshal(m)) > limit { // perses_check_dashboard has them all
		kept := len(m.Findings) / 2
		m.Left += len(m.Findings) - kept
		m.Findings = m.Findings[:kept]
	}
	for _, list := range []*[]string{&m.There, &m.Mended, &m.Lost, &m.NotMigrated} {
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
