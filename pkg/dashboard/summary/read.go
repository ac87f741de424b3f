package summary

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/dashboard/uses"
	"github.com/perses/mcp-server/pkg/unit"
)

func (r *summarizer) read(metadata gjson.Result, spec map[string]gjson.Result) {
	r.head = Summary{
		Title:       dashboard.TextOf(spec["display"].Get("name")),
		Description: dashboard.TextOf(spec["display"].Get("description")),
		Duration:    dashboard.TextOf(spec["duration"]),
		Refresh:     dashboard.TextOf(spec["refreshInterval"]),
		Timezone:    dashboard.TextOf(spec["timezone"]),
		Annotations: len(dashboard.ElementsOf(spec["annotations"])),
		PanelCount:  len(r.Panels),
	}
	if r.head.Refresh == "0s" { // the UI saves this for no refresh
		r.head.Refresh = ""
	}
	for _, tag := range dashboard.ElementsOf(metadata.Get("tags")) {
		r.head.Tags = append(r.head.Tags, dashboard.TextOf(tag))
	}
	for _, link := range dashboard.ElementsOf(spec["links"]) {
		r.links = append(r.links, line{key: cmp.Or(dashboard.TextOf(link.Get("name")), "link"), texts: []phrase{{text: dashboard.TextOf(link.Get("url"))}}})
	}
	r.readDatasources()
	r.readVariables(spec["variables"])
	r.readRows()
}

func (r *summarizer) readRows() {
	placed, titles := map[string]bool{}, map[string]int{"": 2}
	for _, shown := range r.Rows {
		titles[shown.Title]++
	}
	for i, shown := range r.Rows {
		of := row{Row: Row{Title: shown.Title, Collapsed: shown.Collapsed, Repeat: shown.Repeat}}
		if titles[shown.Title] > 1 {
			of.Index = &i
		}
		for _, item := range shown.InOrder() {
			if _, ok := r.Panels[item.Panel]; ok {
				placed[item.Panel] = true
				of.places = append(of.places, place{item.Panel, item.Repeat})
			}
		}
		r.rows = append(r.rows, of)
	}
	r.example = "/spec/panels"
	for i, key := range r.Keys() {
		if i == 0 && len(key) <= maxKey && !strings.ContainsAny(key, "/~") {
			r.example += "/" + key
		}
		if !placed[key] {
			r.notShown = append(r.notShown, place{panel: key})
		}
	}
}

// panel returns the line of a panel.
func (r *summarizer) panel(key string) line {
	l, known := r.panels[key]
	if !known {
		l = panelLine(r.Panels[key])
		r.panels[key] = l
	}
	return l
}

func panelLine(p dashboard.Panel) line {
	l := line{key: p.Key, kind: cmp.Or(sketch.ChartOf(p.Kind), "no plugin")}
	if p.Title != p.Key {
		l.title = p.Title
	}
	if of := p.Format().Unit; of != "" && of != unit.Decimal {
		l.unit = of
	}
	for _, q := range p.Queries {
		l.texts = append(l.texts, queryPhrase(q))
	}
	if text := p.Choice("text", ""); text != "" && len(p.Queries) == 0 {
		l.texts = []phrase{{text: text}}
	}
	return l
}

// queryPhrase returns a query with its datasource, and with its plugin unless it is PromQL.
func queryPhrase(q dashboard.Query) phrase {
	spec := gjson.ParseBytes(q.Spec)
	w := phrase{text: cmp.Or(dashboard.TextOf(spec.Get("query")), dashboard.TextOf(spec.Get("expr"))), promQL: q.Plugin == dashboard.PrometheusQuery}
	if !w.promQL {
		w.prefix = cmp.Or(q.Plugin, "no plugin") + " "
	}
	if _, name := uses.Selected(q.Plugin, spec); name != "" {
		w.suffix = " @" + name
	}
	return w
}

func (r *summarizer) readVariables(definitions gjson.Result) {
	titles := map[string]string{}
	for _, v := range dashboard.ElementsOf(definitions) {
		titles[dashboard.TextOf(v.Get("spec.name"))] = dashboard.TextOf(v.Get("spec.display.name"))
	}
	for _, v := range r.Variables {
		l := line{key: v.Name}
		if title := titles[v.Name]; title != v.Name {
			l.title = title
		}
		if !v.List {
			l.kind = "text"
			if v.Constant {
				l.kind = "constant"
			}
			l.texts = []phrase{{text: fmt.Sprintf("%q", v.Value)}}
			r.variables = append(r.variables, l)
			continue
		}
		l.kind, l.texts = listText(v)
		for _, add := range []struct {
			is   bool
			what string
		}{
			{v.Multiple, "multiple"}, {v.AllowAll, "all"}, {v.CustomAll != "", fmt.Sprintf("all is %q", v.CustomAll)},
			{v.CapturingRegexp != "", fmt.Sprintf("regex %q", v.CapturingRegexp)},
			{v.Sort != "" && v.Sort != "none", v.Sort}, {len(v.Default) > 0, "default " + strings.Join(v.Default, ", ")},
		} {
			if add.is {
				l.suffix += "; " + add.what
			}
		}
		r.variables = append(r.variables, l)
	}
}

// listText returns where the values of a list variable come from.
func listText(v dashboard.Variable) (kind string, texts []phrase) {
	spec := gjson.ParseBytes(v.Spec)
	of := phrase{}
	if _, name := uses.Selected(v.Plugin, spec); name != "" {
		of.suffix = " @" + name
	}
	var matchers []string
	for _, m := range dashboard.ElementsOf(spec.Get("matchers")) {
		matchers = append(matchers, dashboard.TextOf(m))
	}
	of.text = cmp.Or(strings.Join(matchers, ", "), "all series")
	switch v.Plugin {
	case dashboard.StaticList:
		var values []string
		for _, option := range v.StaticOptions() {
			values = append(values, option.Value)
		}
		return "values", []phrase{{text: strings.Join(values, ", ")}}
	case "PrometheusLabelValuesVariable":
		return fmt.Sprintf("values of label %s of", dashboard.TextOf(spec.Get("labelName"))), []phrase{of}
	case "PrometheusLabelNamesVariable":
		return "names of labels of", []phrase{of}
	case "PrometheusPromQLVariable":
		of.text = dashboard.TextOf(spec.Get("expr"))
		return fmt.Sprintf("values of label %s in", dashboard.TextOf(spec.Get("labelName"))), []phrase{of}
	}
	return cmp.Or(v.Plugin, "list without a plugin"), nil
}

// datasource is a datasource of the dashboard or one that it uses.
type datasource struct{ kind, name string }

// readDatasources lists the dashboard's own datasources and those it uses, with the numbers of their queries and variables.
func (r *summarizer) readDatasources() {
	queries, variables := map[datasource]int{}, map[datasource]int{}
	own, defaults := map[string]string{}, map[string]string{} // descriptions of its own, and its defaults by kind
	all := map[datasource]bool{}
	for _, name := range slices.Sorted(maps.Keys(r.Datasources)) {
		spec := gjson.ParseBytes(r.Datasources[name])
		kind := spec.Get("plugin.kind").String()
		all[datasource{kind, name}] = true
		own[name] = "its own"
		if spec.Get("default").Bool() {
			own[name] = "its own, default"
			defaults[kind] = cmp.Or(defaults[kind], name)
		}
	}
	count := func(in map[datasource]int, plugin string, spec []byte) {
		if kind, name := uses.Selected(plugin, gjson.ParseBytes(spec)); kind != "" || name != "" {
			in[datasource{kind, cmp.Or(name, defaults[kind])}]++
		}
	}
	for _, p := range r.Panels {
		for _, q := range p.Queries {
			count(queries, q.Plugin, q.Spec)
		}
	}
	for _, v := range r.Variables {
		count(variables, v.Plugin, v.Spec)
	}
	for _, in := range []map[datasource]int{queries, variables} {
		for d := range in {
			all[d] = true
		}
	}
	sorted := slices.SortedFunc(maps.Keys(all), func(a, b datasource) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.kind, b.kind))
	})
	for _, d := range sorted {
		l := line{key: cmp.Or(d.name, "(default)"), kind: d.kind}
		for _, part := range []string{own[d.name], counted(queries[d], "query", "queries"), counted(variables[d], "variable", "variables")} {
			if part != "" {
				l.suffix += "; " + part
			}
		}
		r.datasources = append(r.datasources, l)
	}
}

func counted(n int, one, many string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
