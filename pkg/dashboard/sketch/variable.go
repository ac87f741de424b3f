package sketch

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// The plugins of lists that fields of a sketch stand for.
const (
	labelValues = "PrometheusLabelValuesVariable"
	labelNames  = "PrometheusLabelNamesVariable"
	promQL      = "PrometheusPromQLVariable"
)

// Expand returns the document of a variable. A variable that names no datasource uses the given one if its plugin can.
func (v Variable) Expand(budget *work.Budget, datasource string, env Env) (json.RawMessage, error) {
	full, err := v.expand(budget, datasource, env)
	if err != nil {
		return nil, err
	}
	return encode(full), nil
}

func (v Variable) expand(budget *work.Budget, datasource string, env Env) (object, error) {
	if !budget.Spend(partCost + optionByteCost*len(v.Options) + partCost/10*len(v.Values) + len(env.Datasources)) {
		return nil, notExpanded(budget)
	}
	if err := dashboard.CheckVariable(v.Name); err != nil {
		return nil, fmt.Errorf("name: %w", err)
	}
	if err := v.checkSource(); err != nil {
		return nil, err
	}
	spec := object{"name": v.Name}
	if display := newDisplay(v.Title, v.Description); display != nil || v.Hidden {
		if display == nil {
			display = object{}
		}
		display["hidden"] = v.Hidden // Perses always writes it
		spec["display"] = display
	}
	if v.Text != nil {
		spec["value"] = *v.Text
		if v.Constant {
			spec["constant"] = true
		}
		return object{"kind": "TextVariable", "spec": spec}, nil
	}
	if err := v.expandChoices(spec); err != nil {
		return nil, err
	}
	kind, options := v.expandSource()
	known := env.Plugins["Variable"]
	if env.Plugins != nil && !slices.Contains(known, kind) {
		return nil, fmt.Errorf("plugin: this Perses has no plugin %q for variables%s", clip(kind), alternatives(kind, known, known))
	}
	needs := ""
	if strings.HasPrefix(kind, "Prometheus") {
		needs = dashboard.PrometheusDatasource
	} else if v.Datasource == "" {
		datasource = "" // the plugin may not use a datasource
	}
	if err := env.setDatasource(options, v.Datasource, datasource, needs, kind); err != nil {
		return nil, err
	}
	options, err := mergeRaw(options, v.Options, "options")
	if err != nil {
		return nil, err
	}
	spec["plugin"] = object{"kind": kind, "spec": options}
	return object{"kind": "ListVariable", "spec": spec}, nil
}

// checkSource returns an error unless the variable has exactly one source of values and only fields that fit it.
func (v Variable) checkSource() error {
	var sources []string
	for _, source := range []struct {
		name string
		is   bool
	}{
		{"text", v.Text != nil},
		{"values", v.Values != nil},
		{"query", v.Query != ""},
		{"metric or matchers", v.Query == "" && (v.Metric != "" || v.Matchers != nil)},
		{"label_names", v.LabelNames && v.Metric == "" && v.Matchers == nil},
		{"label", v.Label != "" && v.Query == "" && v.Metric == "" && v.Matchers == nil},
		{"plugin", v.Plugin != ""},
	} {
		if source.is {
			sources = append(sources, source.name)
		}
	}
	queries := v.Query != "" || v.Metric != "" || v.Matchers != nil || v.Label != "" || v.LabelNames
	isList := v.Multiple || v.All || v.AllValue != "" || v.Default != nil || v.Sort != "" || v.Regex != "" || v.Options != nil
	if selector, label, ok := dashboard.LabelValues(v.Query); ok {
		instead := fmt.Sprintf(`"label":%q`, label)
		if selector != "" {
			instead = fmt.Sprintf(`"metric":%q,`, selector) + instead
		}
		return fmt.Errorf("query: label_values is a function of Grafana: use %s instead", instead)
	}
	switch {
	case len(sources) == 0:
		return errors.New("missing source: set one of text, values, label (the values of a label, with metric or matchers), label_names, query (PromQL) and plugin (with options)")
	case len(sources) > 1:
		return fmt.Errorf("it has both %s: a variable has one source, which is text, values, label (with metric or matchers), label_names, query (PromQL) or plugin", strings.Join(sources, " and "))
	case v.Metric != "" && v.Matchers != nil:
		return errors.New("it has both metric and matchers: add the metric to matchers")
	case v.Query != "" && (v.Metric != "" || v.Matchers != nil):
		return errors.New("it has both query and metric or matchers: select the series in the query")
	case v.LabelNames && (v.Label != "" || v.Query != ""):
		return errors.New("label_names cannot be combined with label or query")
	case v.Text != nil && isList:
		return errors.New("text cannot be combined with multiple, all, all_value, default, sort, regex and options, which are for lists")
	case v.Text == nil && v.Constant:
		return errors.New("constant requires text")
	case v.Constant && *v.Text == "":
		return errors.New("text: a constant cannot be empty")
	case v.Datasource != "" && !queries && v.Plugin == "":
		return errors.New("datasource: this variable uses no datasource")
	}
	return nil
}

// expandChoices adds to the spec which values of a list the user can select.
func (v Variable) expandChoices(spec object) error {
	spec["allowMultiple"], spec["allowAllValue"] = v.Multiple, v.All
	if v.AllValue != "" {
		if !v.All {
			return errors.New("all_value requires all: true")
		}
		spec["customAllValue"] = v.AllValue
	}
	if v.Regex != "" {
		spec["capturingRegexp"] = v.Regex
	}
	if v.Sort != "" {
		sort, err := sortOf(v.Sort)
		if err != nil {
			return err
		}
		spec["sort"] = sort
	}
	selected := v.Default
	if selected == nil && v.All {
		selected = OneOrMore{dashboard.AllValue}
	}
	if slices.Contains(selected, dashboard.AllValue) && !v.All {
		return fmt.Errorf("default: %s requires all: true", dashboard.AllValue)
	}
	switch {
	case len(selected) == 0:
	case v.Multiple:
		values := make([]any, len(selected))
		for i, value := range selected {
			values[i] = value
		}
		spec["defaultValue"] = values
	case len(selected) > 1:
		return errors.New("default: several values require multiple: true")
	default:
		spec["defaultValue"] = selected[0]
	}
	return nil
}

// expandSource returns the plugin that provides the values of a list, and its spec.
func (v Variable) expandSource() (kind string, spec object) {
	spec = object{}
	switch {
	case v.Values != nil:
		values := make([]any, len(v.Values))
		for i, value := range v.Values {
			values[i] = value.Value
			if value.Label != "" {
				values[i] = object{"value": value.Value, "label": value.Label}
			}
		}
		spec["values"] = values
		return dashboard.StaticList, spec
	case v.Plugin != "":
		return v.Plugin, spec
	case v.Query != "":
		spec["expr"], spec["labelName"] = v.Query, cmp.Or(v.Label, v.Name)
		return promQL, spec
	}
	var matchers []any
	if v.Metric != "" {
		matchers = []any{v.Metric}
	}
	for _, matcher := range v.Matchers {
		matchers = append(matchers, matcher)
	}
	if matchers != nil {
		spec["matchers"] = matchers
	}
	if v.LabelNames {
		return labelNames, spec
	}
	spec["labelName"] = cmp.Or(v.Label, v.Name)
	return labelValues, spec
}
