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

// The plugins of lists that the short form has words for.
const (
	labelValues = "PrometheusLabelValuesVariable"
	labelNames  = "PrometheusLabelNamesVariable"
	promQL      = "PrometheusPromQLVariable"
)

// Expand writes a variable in full. If it asks a datasource and names none, it has the one that is given, if there is one and it
// is a Prometheus.
func (v Variable) Expand(budget *work.Budget, datasource string, env Env) (json.RawMessage, error) {
	full, err := v.expand(budget, datasource, env)
	if err != nil {
		return nil, err
	}
	return encode(full), nil
}

func (v Variable) expand(budget *work.Budget, datasource string, env Env) (object, error) {
	if !budget.Spend(ofPart + ofOption*len(v.Options) + ofPart/10*len(v.Values) + len(env.Datasources)) {
		return nil, unfinished(budget)
	}
	if err := dashboard.CheckVariable(v.Name); err != nil {
		return nil, fmt.Errorf("name: %w", err)
	}
	if err := v.checkSort(); err != nil {
		return nil, err
	}
	spec := object{"name": v.Name}
	if display := displayOf(v.Title, v.Description); display != nil || v.Hidden {
		if display == nil {
			display = object{}
		}
		display["hidden"] = v.Hidden // which Perses always has
		spec["display"] = display
	}
	if v.Text != nil {
		spec["value"] = *v.Text
		if v.Constant {
			spec["constant"] = true
		}
		return object{"kind": "TextVariable", "spec": spec}, nil
	}
	if err := v.choices(spec); err != nil {
		return nil, err
	}
	kind, options := v.source()
	known := env.Plugins["Variable"]
	if env.Plugins != nil && !slices.Contains(known, kind) {
		return nil, fmt.Errorf("plugin: this Perses has no plugin %q for variables%s", clip(kind), orAll(kind, known, known))
	}
	asks := ""
	if strings.HasPrefix(kind, "Prometheus") {
		asks = dashboard.PrometheusDatasource
	} else if v.Datasource == "" {
		datasource = "" // whether it asks any, nobody knows
	}
	if err := env.choose(options, v.Datasource, datasource, asks, kind); err != nil {
		return nil, err
	}
	options, err := mergeRaw(options, v.Options, "options")
	if err != nil {
		return nil, err
	}
	spec["plugin"] = object{"kind": kind, "spec": options}
	return object{"kind": "ListVariable", "spec": spec}, nil
}

// checkSort refuses a variable that is none of the sorts, or of several.
func (v Variable) checkSort() error {
	var sorts []string
	for _, sort := range []struct {
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
		if sort.is {
			sorts = append(sorts, sort.name)
		}
	}
	asks := v.Query != "" || v.Metric != "" || v.Matchers != nil || v.Label != "" || v.LabelNames
	lists := v.Multiple || v.All || v.AllValue != "" || v.Default != nil || v.Sort != "" || v.Regex != "" || v.Options != nil
	if selector, label, ok := dashboard.LabelValues(v.Query); ok {
		instead := fmt.Sprintf(`"label":%q`, label)
		if selector != "" {
			instead = fmt.Sprintf(`"metric":%q,`, selector) + instead
		}
		return fmt.Errorf("query: label_values is Grafana's: write %s instead", instead)
	}
	switch {
	case len(sorts) == 0:
		return errors.New("say what it is: text, values, label (the values of a label, with metric or matchers), label_names, query (PromQL), or plugin with options")
	case len(sorts) > 1:
		return fmt.Errorf("it has both %s: a variable is one of a text, a list of values, of the values of a label (of a metric or matchers), of names of labels, of what a PromQL query gives, or of another plugin", strings.Join(sorts, " and "))
	case v.Metric != "" && v.Matchers != nil:
		return errors.New("it has both metric and matchers: write the metric as one of the matchers")
	case v.Query != "" && (v.Metric != "" || v.Matchers != nil):
		return errors.New("it has both query and metric or matchers: a query says itself what it selects")
	case v.LabelNames && (v.Label != "" || v.Query != ""):
		return errors.New("it has label_names, which is a list of names, and label or query, which give values")
	case v.Text != nil && lists:
		return errors.New("it is a text, which has no multiple, all, all_value, default, sort, regex and options: those are for lists")
	case v.Text == nil && v.Constant:
		return errors.New("constant is for a text")
	case v.Constant && *v.Text == "":
		return errors.New("a constant cannot be empty")
	case v.Datasource != "" && !asks && v.Plugin == "":
		return errors.New("it asks no datasource, so it has none")
	}
	return nil
}

// choices writes what can be chosen of a list.
func (v Variable) choices(spec object) error {
	spec["allowMultiple"], spec["allowAllValue"] = v.Multiple, v.All
	if v.AllValue != "" {
		if !v.All {
			return errors.New("all_value is for a variable with all: true")
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
	byDefault := v.Default
	if byDefault == nil && v.All {
		byDefault = OneOrMore{dashboard.AllValue}
	}
	if slices.Contains(byDefault, dashboard.AllValue) && !v.All {
		return fmt.Errorf("default: %s is for a variable with all: true", dashboard.AllValue)
	}
	switch {
	case len(byDefault) == 0:
	case v.Multiple:
		values := make([]any, len(byDefault))
		for i, value := range byDefault {
			values[i] = value
		}
		spec["defaultValue"] = values
	case len(byDefault) > 1:
		return errors.New("default: several values are for a variable with multiple: true")
	default:
		spec["defaultValue"] = byDefault[0]
	}
	return nil
}

// source returns the plugin that gives a list its values, and its spec.
func (v Variable) source() (kind string, spec object) {
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
