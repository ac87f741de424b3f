package grafana

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/variable"
	"github.com/perses/mcp-server/pkg/work"
)

// Datasource is a Grafana datasource that a dashboard uses.
type Datasource struct {
	Name  string // the reference in the dashboard: a uid, a name, ${DS_X} or ${variable}; "" for Grafana's default
	Type  string // in Grafana: prometheus, loki, …; "" if unknown
	label string // the display name in an export
}

// Target is the Perses datasource that replaces a Grafana datasource.
type Target struct {
	Kind string // the datasource kind, such as PrometheusDatasource; "" if unknown
	Name string // "" for the default of the kind
}

// kinds are the datasource kinds of Perses for Grafana's datasource types.
var kinds = map[string]string{
	"prometheus":                          prometheusDatasource,
	"grafana-amazonprometheus-datasource": prometheusDatasource,
	"loki":                                lokiDatasource,
	"tempo":                               "TempoDatasource",
	"grafana-pyroscope-datasource":        "PyroscopeDatasource",
	"grafana-clickhouse-datasource":       "ClickHouseDatasource",
	"victoriametrics-logs-datasource":     "VictoriaLogsDatasource",
}

const (
	prometheusDatasource = "PrometheusDatasource"
	lokiDatasource       = "LokiDatasource"
)

// Default is the key of Grafana's default datasource in the mapping for MapDatasources.
const Default = "default"

// expression is the datasource type of queries that calculate with the results of other queries, in Grafana itself.
const expression = "__expr__"

// isBuiltin reports whether a name is one of Grafana's pseudo datasources: annotations, another panel, several datasources.
func isBuiltin(name string) bool {
	return strings.HasPrefix(name, "-- ") || name == "grafana" || name == expression
}

// reference parses the datasource of a panel, query or variable. ok is false if there is none.
func (s Source) reference(value any) (d Datasource, ok bool) {
	switch v := value.(type) {
	case string:
		d.Name = v
	case object:
		d.Name, d.Type = text(v["uid"]), text(v["type"])
	default:
		return d, false
	}
	if r, ok := variable.Alone(d.Name); ok && r.Field == "" {
		d.Name = "${" + r.Name + "}"
	}
	if d.Name == Default {
		d.Name = ""
	}
	return d, true
}

// datasourceOf returns the datasource of a query: its own or that of its panel.
func (s Source) datasourceOf(query, panel object) Datasource {
	for _, from := range []object{query, panel} {
		if d, ok := s.reference(from["datasource"]); ok && !strings.HasPrefix(d.Name, "-- ") {
			return d
		}
	}
	return Datasource{}
}

// Datasources returns the datasources of the queries and variables, without duplicates, sorted by name.
func (s Source) Datasources() []Datasource {
	found := map[string]Datasource{}
	add := func(d Datasource) {
		if isBuiltin(d.Name) || d.Type == expression || d.Type == "grafana" {
			return
		}
		if known := found[d.Name]; known.Type != "" {
			d = known
		}
		found[d.Name] = d
	}
	for _, p := range s.panels {
		for _, target := range p.targets {
			add(s.datasourceOf(target, p.object))
		}
	}
	for _, v := range s.variables {
		if text(v["type"]) == "query" {
			add(s.datasourceOf(v, nil))
		}
	}
	inputs := map[string]object{}
	for _, input := range objectsOf(s.root["__inputs"]) {
		inputs["${"+text(input["name"])+"}"] = input
	}
	for _, v := range s.variables {
		if text(v["type"]) == "datasource" {
			inputs["${"+text(v["name"])+"}"] = object{"pluginId": v["query"], "label": at(v, "current", "text")}
		}
	}
	var all []Datasource
	for _, name := range slices.Sorted(maps.Keys(found)) {
		d := found[name]
		if input, ok := inputs[name]; ok {
			d.label = text(input["label"])
			if d.Type == "" {
				d.Type = text(input["pluginId"])
			}
		}
		all = append(all, d)
	}
	return all
}

// MapDatasources returns the target for each datasource: the one in the mapping, or the one of the same name, or the default of
// its kind. The keys of the mapping are names in the dashboard (of variables also without ${}), names in an export, Default, or
// types. Its values are names of targets. unmapped are the datasources that are neither in the mapping nor the name of a
// target. It returns an error if a key matches nothing, or a value does not exist or is of another kind.
func (s Source) MapDatasources(budget *work.Budget, mapping map[string]string, targets []Target) (chosen map[string]Target, unmapped []Datasource, err error) {
	chosen = map[string]Target{}
	used := map[string]bool{}
	all := s.Datasources()
	folded := map[string]string{} // the keys of the mapping by their lower case
	for _, key := range slices.Backward(slices.Sorted(maps.Keys(mapping))) {
		folded[strings.ToLower(key)] = key
	}
	for _, d := range all {
		const perDatasource = 300 // units
		if !budget.Spend(perDatasource + 5*len(targets)) {
			return nil, nil, fmt.Errorf("the datasources were not mapped: %w", budget.Err())
		}
		key, mapped := d.keyIn(folded)
		used[key] = mapped
		if mapped {
			target, ok := named(targets, mapping[key])
			if !ok {
				return nil, nil, fmt.Errorf("datasources: %q is mapped to %q, which does not exist; %s", clip(key), clip(mapping[key]), suggestion(mapping[key], namesOf(targets)))
			}
			if !d.matches(target) {
				return nil, nil, fmt.Errorf("datasources: %q is a %s in Grafana, but %q is a %s", clip(key), d.Type, target.Name, target.Kind)
			}
			chosen[d.Name] = target
			continue
		}
		target, ok := named(targets, d.Name)
		if !ok {
			target, ok = named(targets, d.label)
		}
		if !ok || !d.matches(target) {
			target = Target{Kind: kinds[d.Type]}
			unmapped = append(unmapped, d)
		}
		chosen[d.Name] = target
	}
	for _, key := range slices.Sorted(maps.Keys(mapping)) {
		if !used[key] {
			var names []string
			for _, d := range all {
				names = append(names, d.describe())
			}
			return nil, nil, fmt.Errorf("datasources: the dashboard uses no datasource %q; %s", clip(key), suggestion(key, names))
		}
	}
	return chosen, unmapped, nil
}

// matches reports whether the target has the kind of the datasource, if that is known.
func (d Datasource) matches(target Target) bool {
	kind := kinds[d.Type]
	return kind == "" || target.Kind == kind
}

// String returns the key of the datasource in a mapping.
func (d Datasource) String() string {
	if d.Name == "" {
		return Default
	}
	return d.Name
}

// describe returns the name with the type.
func (d Datasource) describe() string {
	if d.Type == "" {
		return d.String()
	}
	return fmt.Sprintf("%s (%s)", d, d.Type)
}

// keyIn returns the limit specific key of a mapping that matches the datasource. folded has the keys by lower case.
func (d Datasource) keyIn(folded map[string]string) (key string, ok bool) {
	bare := strings.TrimSuffix(strings.TrimPrefix(d.Name, "${"), "}")
	for _, name := range []string{d.String(), "$" + bare, bare, d.label, d.Type} {
		if key, ok := folded[strings.ToLower(name)]; ok && name != "" {
			return key, true
		}
	}
	return "", false
}

func named(targets []Target, name string) (Target, bool) {
	i := slices.IndexFunc(targets, func(t Target) bool { return name != "" && strings.EqualFold(t.Name, name) })
	if i < 0 {
		return Target{}, false
	}
	return targets[i], true
}

func namesOf(targets []Target) []string {
	var names []string
	for _, t := range targets {
		names = append(names, t.Name)
	}
	return names
}

// suggestion returns a clause with the names similar to name, or else all names.
func suggestion(name string, names []string) string {
	const limit = 20
	if near := nearest.Names(name, names); len(near) > 0 {
		return "nearest: " + strings.Join(near, ", ")
	}
	if len(names) == 0 {
		return "there are none"
	}
	return "available: " + dashboard.JoinSome(names, limit, ", ")
}
