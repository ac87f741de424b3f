package uses

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/promql"
	"github.com/perses/mcp-server/pkg/variable"
	"github.com/perses/mcp-server/pkg/work"
)

// reader collects the uses of one dashboard.
type reader struct {
	budget *work.Budget
	parsed dashboard.Dashboard
	d      *Dashboard
	seen   map[Use]bool
	texts  map[string]string // see intern
	// queries caches the metrics of queries, which panels often share.
	queries map[string][]Use
}

func (r *reader) read(document json.RawMessage) {
	root, d := gjson.ParseBytes(document), r.d
	metadata := root.Get("metadata")
	spec := dashboard.MembersOf(root.Get("spec"))
	d.Project, d.Name = r.intern(r.parsed.Project), r.intern(r.parsed.Name)
	d.Updated = r.intern(dashboard.TextOf(metadata.Get("updatedAt")))
	d.Title, d.Description = r.intern(dashboard.TextOf(spec["display"].Get("name"))), r.intern(dashboard.TextOf(spec["display"].Get("description")))
	for _, tag := range dashboard.ElementsOf(metadata.Get("tags")) {
		if tag.Type == gjson.String {
			d.Tags = append(d.Tags, r.intern(tag.Str))
		}
	}
	r.variables(Place{Part: OfDashboard}, spec["display"].Raw)
	for i, link := range dashboard.ElementsOf(spec["links"]) {
		r.variables(Place{Part: OfLink, Index: int32(i)}, link.Raw)
	}
	r.datasources()
	for i, v := range r.parsed.Variables {
		d.Variables = append(d.Variables, r.intern(v.Name))
		r.variable(Place{Part: OfVariable, Index: int32(i)}, v)
	}
	for i, a := range dashboard.ElementsOf(spec["annotations"]) {
		d.Annotations = append(d.Annotations, r.intern(dashboard.TextOf(a.Get("display.name"))))
		r.plugin(Place{Part: OfAnnotation, Index: int32(i)}, dashboard.TextOf(a.Get("plugin.kind")), a.Get("plugin.spec"))
	}
	r.rows()
	r.panels(spec["panels"])
	d.Uses = slices.Clip(d.Uses)
}

func (r *reader) datasources() {
	for i, name := range slices.Sorted(maps.Keys(r.parsed.Datasources)) {
		at := Place{Part: OfDatasource, Index: int32(i)}
		r.d.Datasources = append(r.d.Datasources, r.intern(name))
		r.add(OwnDatasource, name, at)
		spec := gjson.ParseBytes(r.parsed.Datasources[name])
		kind := r.intern(spec.Get("plugin.kind").String())
		r.add(Plugin, kind, at)
		if _, known := r.d.Defaults[kind]; spec.Get("default").Bool() && !known {
			if r.d.Defaults == nil {
				r.d.Defaults = map[string]string{}
			}
			r.d.Defaults[kind] = r.intern(name)
		}
	}
}

func (r *reader) variable(at Place, v dashboard.Variable) {
	r.add(OwnVariable, v.Name, at)
	if v.List {
		r.plugin(at, v.Plugin, gjson.ParseBytes(v.Spec))
		r.variables(at, v.CapturingRegexp)
	} else {
		r.variables(at, v.Value)
	}
}

func (r *reader) rows() {
	for i, row := range r.parsed.Rows {
		at := Place{Part: OfRow, Index: int32(i)}
		r.d.Rows = append(r.d.Rows, r.intern(row.Title))
		r.add(Variable, row.Repeat, at)
		r.variables(at, row.Title)
	}
}

// panels reads the panels and the variables that repeat them.
func (r *reader) panels(raw gjson.Result) {
	texts := map[string]string{} // that may contain variables, other than the plugin and the queries
	raw.ForEach(func(key, panel gjson.Result) bool {
		texts[key.String()] = panel.Get("spec.display").Raw + panel.Get("spec.links").Raw
		return true
	})
	repeats := map[string][]string{}
	for _, row := range r.parsed.Rows {
		for _, item := range row.Items {
			repeats[item.Panel] = append(repeats[item.Panel], item.Repeat)
		}
	}
	for i, key := range r.parsed.Keys() {
		p := r.parsed.Panels[key]
		title := p.Title
		if title == key {
			title = ""
		}
		r.d.Panels = append(r.d.Panels, Panel{r.intern(key), r.intern(title)})
		at := Place{Part: OfPanel, Index: int32(i)}
		r.add(Plugin, p.Kind, at)
		for _, embedded := range p.Option("columnSettings.#.plugin.kind").Array() { // a table with panels in its cells
			r.add(Plugin, embedded.String(), at)
		}
		r.variables(at, texts[key])
		r.variables(at, string(p.Spec))
		for _, name := range repeats[key] {
			r.add(Variable, name, at)
		}
		for n, q := range p.Queries {
			at.Query = uint16(min(n+1, 1<<16-1))
			r.plugin(at, q.Plugin, gjson.ParseBytes(q.Spec))
		}
	}
}

// plugin reads a plugin that may use a datasource.
func (r *reader) plugin(at Place, kind string, spec gjson.Result) {
	r.add(Plugin, kind, at)
	r.variables(at, spec.Raw)
	of, name := Selected(kind, spec)
	switch {
	case name != "":
		r.add(Datasource, name, at)
	case of != "":
		r.add(DefaultDatasource, of, at)
	}
	if text := spec.Get("datasource"); text.IsObject() {
		r.add(Plugin, text.Get("kind").String(), at)
	}
	if strings.HasPrefix(kind, "Prometheus") {
		r.promQL(at, spec.Get("query"), spec.Get("expr"))
		r.promQL(at, dashboard.ElementsOf(spec.Get("matchers"))...)
	}
}

// Selected returns the kind and the name of the datasource that the spec of a plugin selects. An empty name selects the default of the
// kind. A name that begins with $ refers to a variable. If both are empty, the plugin uses no datasource, as far as this package knows.
func Selected(plugin string, spec gjson.Result) (kind, name string) {
	kind = dashboard.DatasourceOf(plugin)
	switch selector := spec.Get("datasource"); {
	case selector.IsObject():
		if of := dashboard.TextOf(selector.Get("kind")); of != "" {
			kind = of
		}
		name = dashboard.TextOf(selector.Get("name"))
	case selector.Type == gjson.String:
		name = selector.Str
	}
	return kind, name
}

// word matches text that could be the name of a metric.
var word = regexp.MustCompile(`[a-zA-Z_:][a-zA-Z0-9_:]+`)

// promQL adds the metrics in queries or selectors.
func (r *reader) promQL(at Place, queries ...gjson.Result) {
	for _, q := range queries {
		query := dashboard.TextOf(q)
		metrics, known := r.queries[query]
		if !known {
			const ofByte = 10 // units, to search text that does not parse for words
			if !r.budget.Spend(ofByte*len(query) + promql.Cost(query)) {
				return
			}
			metrics = metricsOf(query)
			r.queries[query] = metrics
		}
		const ofMetric = 10
		r.budget.Spend(ofMetric * len(metrics))
		for _, m := range metrics {
			r.add(m.Sort, m.Name, at)
		}
	}
}

// metricsOf returns the metrics in a query, without their places.
func metricsOf(query string) []Use {
	if query == "" {
		return nil
	}
	var metrics []Use
	parsed, err := promql.Parse(query)
	if err != nil {
		for _, name := range word.FindAllString(query, -1) {
			metrics = append(metrics, Use{Sort: PerhapsMetric, Name: name})
		}
		return metrics
	}
	for _, s := range parsed.Selectors() {
		metrics = append(metrics, Use{Sort: Metric, Name: s.Metric})
		for _, m := range s.Matchers {
			if m.Name == labels.MetricName && m.Type == labels.MatchRegexp && !promql.HasVariable(m.Value) {
				metrics = append(metrics, Use{Sort: MetricPattern, Name: m.Value})
			}
		}
	}
	return metrics
}

// variables adds the variables that a text, or a part of the document as JSON, refers to.
func (r *reader) variables(at Place, text string) {
	if !strings.Contains(text, "$") {
		return
	}
	for _, name := range dashboard.References(text) {
		if !variable.IsAmount(name) {
			r.add(Variable, name, at)
		}
	}
}

func (r *reader) add(sort Sort, name string, at Place) {
	use := Use{Name: name, Place: at, Sort: sort}
	if name == "" || r.seen[use] {
		return
	}
	use.Name = r.intern(name)
	r.seen[use] = true
	r.d.Uses = append(r.d.Uses, use)
}

// intern returns a copy of the text that shares no memory with the document. Equal texts share one copy.
func (r *reader) intern(text string) string {
	if have, ok := r.texts[text]; ok {
		return have
	}
	text = strings.Clone(text)
	r.texts[text] = text
	return text
}
