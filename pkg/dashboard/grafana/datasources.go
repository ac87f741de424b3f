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

// Datasource is a datasource of Grafana that a dashboard asks.
type Datasource struct {
	Name  string // as the dashboard has it: a uid, a name, ${DS_X}, or ${variable}; "" for Grafana's default
	Type  string // as Grafana calls it: prometheus, loki, …; "" if the dashboard does not say
	label string // for a person, in an export
}

// Target is a datasource of Perses, and what one of Grafana becomes there.
type Target struct {
	Kind string // of its plugin, such as PrometheusDatasource; "" if it is not known
	Name string // "" for the default one of the kind
}

// kinds are the datasources of Perses for the types of Grafana.
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

// Default is the key under which Choose takes what Grafana's default datasource becomes.
const Default = "default"

// expression is the type of the queries that calculate with others, in Grafana itself.
const expression = "__expr__"

// ofGrafana tells the datasources that are no datasources: of annotations, of other panels, of several queries at once.
func ofGrafana(name string) bool {
	return strings.HasPrefix(name, "-- ") || name == "grafana" || name == expression
}

// reference reads a datasource as panels, queries and variables have it; ok tells whether there is one.
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

// datasourceOf returns the datasource of a query, which has its own or that of its panel.
func (s Source) datasourceOf(query, panel object) Datasource {
	for _, from := range []object{query, panel} {
		if d, ok := s.reference(from["datasource"]); ok && !strings.HasPrefix(d.Name, "-- ") {
			return d
		}
	}
	return Datasource{}
}

// Datasources returns the datasources that the queries and variables ask, each once, sorted by name.
func (s Source) Datasources() []Datasource {
	found := map[string]Datasource{}
	note := func(d Datasource) {
		if ofGrafana(d.Name) || d.Type == expression || d.Type == "grafana" {
			return
		}
		if known := found[d.Name]; known.Type != "" {
			d = known
		}
		found[d.Name] = d
	}
	for _, p := range s.panels {
		for _, target := range p.targets {
			note(s.datasourceOf(target, p.object))
		}
	}
	for _, v := range s.variables {
		if text(v["type"]) == "query" {
			note(s.datasourceOf(v, nil))
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

// Choose says what each datasource becomes: what the mapping says of it, or else the one in Perses that has its name, or else
// the default one of its kind. The mapping is by the names that the dashboard has for them (a variable also without its
// ${}), by what an export calls them, by Default, or by their type; its values are names of there, the datasources of
// Perses that can be used. What is neither mapped nor there by name is unmapped. A mapping of what the dashboard does not
// name, or to what is not there or of another kind, is an error.
func (s Source) Choose(budget *work.Budget, mapping map[string]string, there []Target) (chosen map[string]Target, unmapped []Datasource, err error) {
	chosen = map[string]Target{}
	used := map[string]bool{}
	all := s.Datasources()
	folded := map[string]string{} // the keys of the mapping by their lower case
	for _, key := range slices.Backward(slices.Sorted(maps.Keys(mapping))) {
		folded[strings.ToLower(key)] = key
	}
	for _, d := range all {
		const ofDatasource = 300                        // units
		if !budget.Spend(ofDatasource + 5*len(there)) { // among which it is looked for
			return nil, nil, fmt.Errorf("the datasources were not mapped: %w", budget.Err())
		}
		key, mapped := d.keyIn(folded)
		used[key] = mapped
		if mapped {
			target, ok := named(there, mapping[key])
			if !ok {
				return nil, nil, fmt.Errorf("datasources: %q is mapped to %q, which is not there; %s", clip(key), clip(mapping[key]), choices(mapping[key], namesOf(there)))
			}
			if !d.canBe(target) {
				return nil, nil, fmt.Errorf("datasources: %q is a %s in Grafana, and %q is a %s here", clip(key), d.Type, target.Name, target.Kind)
			}
			chosen[d.Name] = target
			continue
		}
		target, ok := named(there, d.Name)
		if !ok {
			target, ok = named(there, d.label)
		}
		if !ok || !d.canBe(target) {
			target = Target{Kind: kinds[d.Type]}
			unmapped = append(unmapped, d)
		}
		chosen[d.Name] = target
	}
	for _, key := range slices.Sorted(maps.Keys(mapping)) {
		if !used[key] {
			var names []string
			for _, d := range all {
				names = append(names, d.described())
			}
			return nil, nil, fmt.Errorf("datasources: the dashboard asks nothing called %q; %s", clip(key), choices(key, names))
		}
	}
	return chosen, unmapped, nil
}

// canBe tells whether a datasource of Perses is of the kind that this one is, as far as is known.
func (d Datasource) canBe(target Target) bool {
	kind := kinds[d.Type]
	return kind == "" || target.Kind == kind
}

// String returns the name under which a mapping has it.
func (d Datasource) String() string {
	if d.Name == "" {
		return Default
	}
	return d.Name
}

// described is the name with the type.
func (d Datasource) described() string {
	if d.Type == "" {
		return d.String()
	}
	return fmt.Sprintf("%s (%s)", d, d.Type)
}

// keyIn returns the key of a mapping that means the datasource: the most exact one. The keys are given by their lower case.
func (d Datasource) keyIn(folded map[string]string) (key string, ok bool) {
	bare := strings.TrimSuffix(strings.TrimPrefix(d.Name, "${"), "}")
	for _, name := range []string{d.String(), "$" + bare, bare, d.label, d.Type} {
		if key, ok := folded[strings.ToLower(name)]; ok && name != "" {
			return key, true
		}
	}
	return "", false
}

func named(there []Target, name string) (Target, bool) {
	i := slices.IndexFunc(there, func(t Target) bool { return name != "" && strings.EqualFold(t.Name, name) })
	if i < 0 {
		return Target{}, false
	}
	return there[i], true
}

func namesOf(there []Target) []string {
	var names []string
	for _, t := range there {
		names = append(names, t.Name)
	}
	return names
}

// choices says what there is instead of a name.
func choices(name string, names []string) string {
	const most = 20
	if near := nearest.Names(name, names); len(near) > 0 {
		return "nearest: " + strings.Join(near, ", ")
	}
	if len(names) == 0 {
		return "there is none"
	}
	return "there are: " + dashboard.JoinSome(names, most, ", ")
}
