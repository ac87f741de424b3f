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

// MaxDocument is the maximum size in bytes of a dashboard that this server creates. It equals the maximum size of a message
// with a complete dashboard.
const MaxDocument = 4 << 20

// maxPanels is the maximum number of panels in a sketch. No browser can show more.
const maxPanels = 1000

// Expand returns the document of the dashboard. The same sketch always gives the same document. An error lists everything
// that is wrong, with its position in the sketch: `rows[0].panels[2] "CPU": unit: there is no "percnt". Nearest: percent`.
func (s Sketch) Expand(budget *work.Budget, project, name string, env Env) (json.RawMessage, error) {
	count := len(s.Panels)
	for _, row := range s.Rows {
		count += len(row.Panels)
	}
	if count > maxPanels {
		return nil, fmt.Errorf("the sketch has %d panels; the maximum is %d: split the dashboard", count, maxPanels)
	}
	document, err := s.expand(budget, project, name, env)
	if err != nil {
		return nil, err
	}
	written, ok := encodeWithin(document, MaxDocument)
	if !ok {
		return nil, fmt.Errorf("the dashboard would exceed the maximum of %d bytes: split it", MaxDocument)
	}
	if !budget.Spend(len(written)) {
		return nil, notExpanded(budget)
	}
	if cycle := variableCycle(document); cycle != nil {
		return nil, fmt.Errorf("variables: they %s", clip(dashboard.DescribeCycle(cycle)))
	}
	return written, nil
}

// notExpanded returns the error for a budget that ran out.
func notExpanded(budget *work.Budget) error {
	return fmt.Errorf("the sketch was not expanded: %w", budget.Err())
}

// variableCycle returns the variables of a document that refer to each other in a cycle. Perses refuses the cycle without
// naming the variables.
func variableCycle(document object) []string {
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
	if display := newDisplay(s.Title, s.Description); display != nil {
		spec["display"] = display
	}
	own, err := s.datasources(spec, &env)
	if err != nil {
		return nil, err
	}
	if _, known := env.KindOf(s.Datasource); s.Datasource != "" && own && !known && !strings.HasPrefix(s.Datasource, "$") {
		return nil, env.unknownDatasource(s.Datasource)
	}
	if s.Links != nil {
		if spec["links"], err = expandLinks(s.Links); err != nil {
			return nil, err
		}
	}
	var errs errorList
	if s.Variables != nil {
		spec["variables"], err = s.variables(budget, env)
		errs.add(err)
	}
	errs.add(s.rows(budget, spec, env))
	if err := errs.err(); err != nil {
		return nil, err
	}
	budget.Spend(optionByteCost*(len(s.Options)+len(s.Datasources)) + partCost/3*(len(s.Links)+len(s.Tags)))
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

// reservedOptions are fields of a dashboard's spec that options cannot set. They are lists, which options would replace.
var reservedOptions = []string{"variables", "layouts"}

func (s Sketch) checkOptions() error {
	for _, key := range reservedOptions {
		if gjson.GetBytes(s.Options, key).Exists() {
			return fmt.Errorf("options: %s is not allowed, because it would replace the variables or rows of the sketch: use variables, panels and rows", key)
		}
	}
	return nil
}

// defaultDuration is the time range of a dashboard that sets none.
const defaultDuration = "1h"

// datasources adds the dashboard's own datasources to the spec and the environment. It reports whether all available
// datasources are known.
func (s Sketch) datasources(spec object, env *Env) (all bool, err error) {
	all = env.Datasources != nil
	if s.Datasources == nil {
		return all, nil
	}
	read, err := parseTree(s.Datasources)
	own, ok := read.(object)
	if err != nil || !ok {
		return all, errors.New("datasources: want an object with specs by name")
	}
	spec["datasources"] = own
	if all {
		env.Datasources = maps.Clone(env.Datasources)
		for name, datasource := range own {
			env.Datasources[name] = stringAt(datasource, "plugin", "kind")
		}
	}
	return all, nil
}

func (s Sketch) variables(budget *work.Budget, env Env) ([]any, error) {
	all := make([]any, len(s.Variables))
	seen := map[string]int{}
	var errs errorList
	for i, v := range s.Variables {
		if errs.full() {
			break
		}
		where := fmt.Sprintf("variables[%d]", i)
		if v.Name != "" {
			where += fmt.Sprintf(" %q", clip(v.Name))
		}
		if first, ok := seen[v.Name]; ok {
			errs.add(fmt.Errorf("%s: variables[%d] has the same name", where, first))
			continue
		}
		seen[v.Name] = i
		full, err := v.expand(budget, s.Datasource, env)
		if err != nil {
			errs.add(fmt.Errorf("%s: %w", where, err))
		}
		all[i] = full
	}
	return all, errs.err()
}

// rows adds the panels and layouts to the spec.
func (s Sketch) rows(budget *work.Budget, spec object, env Env) error {
	rows, prefixes := s.allRows()
	keys, err := panelKeys(rows, prefixes, env.Shown)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i], err = rows[i].withDefaults(env); err != nil {
			return fmt.Errorf("%s%w", prefixes[i], err)
		}
	}
	panels, layouts := object{}, make([]any, len(rows))
	var errs errorList
	for i, row := range rows {
		places, err := layOut(row.Panels)
		if err != nil {
			errs.add(fmt.Errorf("%s%w", prefixes[i], err))
			places = make([]dashboard.Place, len(row.Panels))
		}
		items := make([]any, len(row.Panels))
		for j, p := range row.Panels {
			full, err := p.expand(budget, s.Datasource, env)
			if err != nil {
				errs.add(fmt.Errorf("%spanels[%d]%s: %w", prefixes[i], j, quotedTitle(p.Title), err))
			}
			panels[keys[i][j]] = full
			at := places[j]
			item := object{
				"x": intNumber(at.X), "y": intNumber(at.Y), "width": intNumber(at.Width), "height": intNumber(at.Height),
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
	return errs.err()
}

func quotedTitle(title string) string {
	if title == "" {
		return ""
	}
	return fmt.Sprintf(" %q", clip(title))
}

// allRows returns all rows, beginning with the panels outside of rows, and the prefixes of their positions in the sketch.
func (s Sketch) allRows() (rows []Row, prefixes []string) {
	if s.Panels != nil {
		rows, prefixes = []Row{{Panels: s.Panels}}, []string{""}
	}
	for i, row := range s.Rows {
		rows, prefixes = append(rows, row), append(prefixes, fmt.Sprintf("rows[%d].", i))
	}
	return rows, prefixes
}
