package sketch

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// MaxDocument is how many bytes a dashboard may have that this server makes: as many as a message may have that brings one in
// full, and far more than a person writes.
const MaxDocument = 4 << 20

// maxPanels is how many panels a sketch can have: a browser can show no more.
const maxPanels = 1000

// Expand writes the dashboard in full, as a document of the project. The same sketch always gives the same document. An error says
// all that is wrong, and where in the sketch it is: `rows[0].panels[2] "CPU": unit: there is no "percnt". Nearest: percent`.
func (s Sketch) Expand(budget *work.Budget, project, name string, env Env) (json.RawMessage, error) {
	count := len(s.Panels)
	for _, row := range s.Rows {
		count += len(row.Panels)
	}
	if count > maxPanels {
		return nil, fmt.Errorf("the sketch has %d panels, more than the %d that a dashboard can have: split it", count, maxPanels)
	}
	document, err := s.expand(budget, project, name, env)
	if err != nil {
		return nil, err
	}
	written, ok := encodeWithin(document, MaxDocument)
	if !ok {
		return nil, fmt.Errorf("the dashboard would have more than the %d bytes that it may have: split it", MaxDocument)
	}
	if !budget.Spend(len(written)) {
		return nil, unfinished(budget)
	}
	if cycle := cycleOf(document); cycle != nil {
		return nil, fmt.Errorf("variables: they %s", clip(dashboard.DescribeCycle(cycle)))
	}
	return written, nil
}

// unfinished says that the budget has ended.
func unfinished(budget *work.Budget) error {
	return fmt.Errorf("it was not expanded to its end: %w", budget.Err())
}

// cycleOf returns the variables of a document that form a cycle. Perses refuses it without naming them.
func cycleOf(document object) []string {
	spec, _ := document["spec"].(object)
	d, err := dashboard.Parse(encode(object{"kind": "Dashboard", "metadata": document["metadata"], "spec": object{"variables": spec["variables"]}}))
	if err != nil {
		return nil
	}
	return dashboard.Cycle(d.Variables)
}

func (s Sketch) expand(budget *work.Budget, project, name string, env Env) (object, error) {
	spec := object{"duration": cmp.Or(s.Duration, defaultDuration)}
	for _, d := range []struct{ word, field, value string }{{"duration", "duration", s.Duration}, {"refresh", "refreshInterval", s.Refresh}} {
		if d.value == "" {
			continue
		}
		if _, ok := dashboard.ParseDuration(d.value); !ok {
			return nil, fmt.Errorf("%s: %s", d.word, unit.InvalidDuration(clip(d.value)))
		}
		spec[d.field] = d.value
	}
	if s.Timezone != "" {
		spec["timezone"] = s.Timezone
	}
	if display := displayOf(s.Title, s.Description); display != nil {
		spec["display"] = display
	}
	own, err := s.datasources(spec, &env)
	if err != nil {
		return nil, err
	}
	if _, known := env.KindOf(s.Datasource); s.Datasource != "" && own && !known && !strings.HasPrefix(s.Datasource, "$") {
		return nil, env.noDatasource(s.Datasource)
	}
	if s.Links != nil {
		if spec["links"], err = linksOf(s.Links); err != nil {
			return nil, err
		}
	}
	var wrong faults
	if s.Variables != nil {
		spec["variables"], err = s.variables(budget, env)
		wrong.add(err)
	}
	wrong.add(s.rows(budget, spec, env))
	if err := wrong.err(); err != nil {
		return nil, err
	}
	budget.Spend(ofOption*(len(s.Options)+len(s.Datasources)) + ofPart/3*(len(s.Links)+len(s.Tags)))
	if err := s.checkOptions(); err != nil {
		return nil, err
	}
	if spec, err = mergeRaw(spec, s.Options, "options"); err != nil {
		return nil, err
	}
	metadata := object{"name": name, "project": project}
	if s.Tags != nil {
		tags := make([]any, len(s.Tags))
		for i, tag := range s.Tags {
			tags[i] = tag
		}
		metadata["tags"] = tags
	}
	return object{"kind": "Dashboard", "metadata": metadata, "spec": spec}, nil
}

// ofForm are the parts of a dashboard's spec that the short form alone writes: they are lists, which options would replace.
var ofForm = []string{"variables", "layouts"}

func (s Sketch) checkOptions() error {
	for _, key := range ofForm {
		if gjson.GetBytes(s.Options, key).Exists() {
			return fmt.Errorf("options: %s would replace all that the sketch says of them: say it in variables, panels and rows", key)
		}
	}
	return nil
}

// defaultDuration is the range of time that Perses gives a dashboard without one.
const defaultDuration = "1h"

// datasources writes the dashboard's own datasources, and lets the environment know them. It tells whether all that there are
// are known then.
func (s Sketch) datasources(spec object, env *Env) (all bool, err error) {
	all = env.Datasources != nil
	if s.Datasources == nil {
		return all, nil
	}
	read, err := tree(s.Datasources)
	own, ok := read.(object)
	if err != nil || !ok {
		return all, errors.New("datasources: want an object of names and specs")
	}
	spec["datasources"] = own
	if all {
		env.Datasources = maps.Clone(env.Datasources)
		for name, datasource := range own {
			env.Datasources[name] = text(datasource, "plugin", "kind")
		}
	}
	return all, nil
}

func (s Sketch) variables(budget *work.Budget, env Env) ([]any, error) {
	all := make([]any, len(s.Variables))
	seen := map[string]int{}
	var wrong faults
	for i, v := range s.Variables {
		if wrong.full() {
			break
		}
		where := fmt.Sprintf("variables[%d]", i)
		if v.Name != "" {
			where += fmt.Sprintf(" %q", clip(v.Name))
		}
		if first, ok := seen[v.Name]; ok {
			wrong.add(fmt.Errorf("%s: variables[%d] has that name, too", where, first))
			continue
		}
		seen[v.Name] = i
		full, err := v.expand(budget, s.Datasource, env)
		if err != nil {
			wrong.add(fmt.Errorf("%s: %w", where, err))
		}
		all[i] = full
	}
	return all, wrong.err()
}

// rows writes the panels and the layouts that show them.
func (s Sketch) rows(budget *work.Budget, spec object, env Env) error {
	rows, wheres := s.allRows()
	keys, err := keysOf(rows, wheres, env.Shown)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i], err = rows[i].filled(env); err != nil {
			return fmt.Errorf("%s%w", wheres[i], err)
		}
	}
	panels, layouts := object{}, make([]any, len(rows))
	var wrong faults
	for i, row := range rows {
		places, err := flow(row.Panels)
		if err != nil {
			wrong.add(fmt.Errorf("%s%w", wheres[i], err))
			places = make([]place, len(row.Panels))
		}
		items := make([]any, len(row.Panels))
		for j, p := range row.Panels {
			full, err := p.expand(budget, s.Datasource, env)
			if err != nil {
				wrong.add(fmt.Errorf("%spanels[%d]%s: %w", wheres[i], j, quoted(p.Title), err))
			}
			panels[keys[i][j]] = full
			at := places[j]
			item := object{
				"x": whole(at.x), "y": whole(at.y), "width": whole(at.width), "height": whole(at.height),
				"content": object{"$ref": dashboard.PanelRef + keys[i][j]},
			}
			if p.Repeat != "" {
				item["repeatVariable"] = object{"value": p.Repeat}
			}
			items[j] = item
		}
		grid := object{"items": items}
		if row.Title != "" || row.Collapsed {
			grid["display"] = object{"title": row.Title, "collapse": object{"open": !row.Collapsed}}
		}
		if row.Repeat != "" {
			grid["repeatVariable"] = row.Repeat
		}
		layouts[i] = object{"kind": "Grid", "spec": grid}
	}
	spec["panels"], spec["layouts"] = panels, layouts
	return wrong.err()
}

func quoted(title string) string {
	if title == "" {
		return ""
	}
	return fmt.Sprintf(" %q", clip(title))
}

// allRows returns the rows, the one without a title first, and where each stands in the sketch.
func (s Sketch) allRows() (rows []Row, wheres []string) {
	if s.Panels != nil {
		rows, wheres = []Row{{Panels: s.Panels}}, []string{""}
	}
	for i, row := range s.Rows {
		rows, wheres = append(rows, row), append(wheres, fmt.Sprintf("rows[%d].", i))
	}
	return rows, wheres
}
