package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/promql"
)

// Label is a label of a metric.
type Label struct{ Metric, Name string }

// Facts are what a datasource has told of its data.
type Facts struct {
	Metrics map[string]string   // the names of its series' metrics, and their types as far as it tells; nil if not known
	Labels  map[string][]string // the labels of metrics; of those that are not here they are not known
	Values  map[Label][]string  // their values, likewise
}

// Wanted returns what it is good to know of a datasource: the metrics that queries and variables name, and of those the labels that they
// compare with a text, both sorted.
func (r *Report) Wanted(datasource Datasource) (metrics []string, compared []Label) {
	seen := map[Label]bool{}
	for _, l := range r.lists {
		if l.datasource == datasource {
			metrics = append(metrics, l.metrics()...)
		}
	}
	for _, q := range r.Queries {
		if !q.asks(datasource) {
			continue
		}
		for _, s := range q.Parsed.Selectors() {
			if s.Metric == "" {
				continue
			}
			metrics = append(metrics, s.Metric)
			for _, m := range s.Matchers {
				if l := (Label{s.Metric, m.Name}); !seen[l] && !promql.Variable(m.Value) && !m.Matches("") {
					seen[l] = true
					compared = append(compared, l)
				}
			}
		}
	}
	slices.Sort(metrics)
	slices.SortFunc(compared, func(a, b Label) int { return strings.Compare(a.Metric+"\n"+a.Name, b.Metric+"\n"+b.Name) })
	return slices.Compact(metrics), compared
}

// asks tells whether a query asks a datasource.
func (q *Query) asks(datasource Datasource) bool {
	return q.Datasource.Kind == datasource.Kind && q.Datasource.Name == datasource.Name && q.Parsed.Expr != nil
}

// Datasources returns those that variables and queries ask, each once.
func (r *Report) Datasources() []Datasource {
	var all []Datasource
	for _, l := range r.lists {
		if l.datasource.Kind != "" && !slices.Contains(all, l.datasource) {
			all = append(all, l.datasource)
		}
	}
	for _, q := range r.Queries {
		if q.Parsed.Expr != nil && q.Datasource.Kind != "" && !slices.Contains(all, q.Datasource) {
			all = append(all, q.Datasource)
		}
	}
	return all
}

// Data adds what the queries of a datasource get wrong about its data.
func (r *Report) Data(datasource Datasource, facts Facts) {
	names := sortedKeys(facts.Metrics)
	for _, l := range r.lists {
		if l.datasource == datasource {
			r.list(l, facts, names)
		}
	}
	for _, q := range r.Queries {
		if !q.asks(datasource) {
			continue
		}
		d := data{Report: r, Query: q, Facts: facts, names: names}
		parser.Inspect(q.Parsed.Expr, func(node parser.Node, path []parser.Node) error {
			switch n := node.(type) {
			case *parser.VectorSelector:
				d.selector(n, path)
			case *parser.Call:
				d.rate(n)
			}
			return nil
		})
	}
}

// data is a query while it is compared with the data.
type data struct {
	*Report
	*Query
	Facts
	names []string // of the metrics
}

func (d data) say(severity Severity, what string, splices ...splice) {
	d.Add(Finding{Severity: severity, Where: d.Where, Panel: d.Panel, Blank: severity == Error, What: what, query: d.Query, splices: splices})
}

// isAbsent tells whether something is asked for not to be there, or is but one of several.
func isAbsent(path []parser.Node) bool {
	return slices.ContainsFunc(path, func(above parser.Node) bool {
		switch n := above.(type) {
		case *parser.Call:
			return n.Func.Name == "absent" || n.Func.Name == "absent_over_time"
		case *parser.BinaryExpr:
			return n.Op == parser.LOR || n.Op == parser.LUNLESS
		}
		return false
	})
}

func (d data) selector(v *parser.VectorSelector, path []parser.Node) {
	if v.Name == "" || promql.Variable(v.Name) || d.Metrics == nil {
		return
	}
	severity := Error
	if isAbsent(path) {
		severity = Info
	}
	if _, exists := d.Metrics[v.Name]; !exists {
		d.metric(v, severity)
		return
	}
	known, ok := d.Labels[v.Name]
	if !ok {
		return
	}
	for _, m := range v.LabelMatchers {
		if m.Name == labels.MetricName || promql.Variable(m.Value) || m.Matches("") {
			continue
		}
		if !slices.Contains(known, m.Name) {
			d.label(v, m.Name, known, severity)
			continue
		}
		values, ok := d.Values[Label{v.Name, m.Name}]
		if ok && !slices.ContainsFunc(values, m.Matches) {
			d.value(v, m, values, severity)
		}
	}
}

// metric says that a metric does not exist.
func (d data) metric(v *parser.VectorSelector, severity Severity) {
	d.Findings = slices.DeleteFunc(d.Findings, func(f Finding) bool { return f.query == d.Query && f.metric == v.Name })
	f := Finding{Severity: severity, Where: d.Where, Panel: d.Panel, Blank: severity == Error, query: d.Query, absent: v.Name}
	f.What = fmt.Sprintf("There is no metric %s.", clip(v.Name))
	near := nearest.Names(v.Name, d.names)
	start, end := d.Parsed.Span(v)
	switch native, ok := strings.CutSuffix(v.Name, "_bucket"); {
	case ok && d.Metrics[native] == "histogram":
		f.What += fmt.Sprintf(" %s is a native histogram: histogram_quantile(0.9, sum(rate(%[1]s[$__rate_interval]))), without le.", clip(native))
	case len(near) > 0:
		f.What += " Nearest: " + strings.Join(near, ", ") + "."
		if strings.HasPrefix(d.Text[start:end], v.Name) && nearest.Typo(v.Name, near[0]) {
			f.splices = []splice{{start, start + len(v.Name), near[0]}}
		}
	}
	d.Add(f)
}

// label says that a metric has no such label.
func (d data) label(v *parser.VectorSelector, name string, known []string, severity Severity) {
	known = slices.DeleteFunc(slices.Clone(known), func(k string) bool { return k == labels.MetricName })
	what := fmt.Sprintf("%s has no label %s.", v.Name, name)
	near := nearest.Names(name, known)
	if len(near) == 0 {
		if len(known) > 0 {
			what += " It has " + some(known) + "."
		}
		d.say(severity, what)
		return
	}
	var splices []splice
	for _, m := range (reading{Query: d.Query}).matchersOf(v) {
		if m.label == name && nearest.Typo(name, near[0]) {
			splices = append(splices, splice{m.at[0][0], m.at[0][1], near[0]})
		}
	}
	d.say(severity, what+" Nearest: "+strings.Join(near, ", ")+".", splices...)
}

// value says that a label has no value that a matcher matches.
func (d data) value(v *parser.VectorSelector, m *labels.Matcher, values []string, severity Severity) {
	if isStatus(m, values) {
		d.Add(Finding{Severity: Info, Where: d.Where, Panel: d.Panel, Blank: true, query: d.Query,
			What: fmt.Sprintf("No series of %s has %s: nothing has ended with such a status of late. sum(…) or vector(0) shows 0 then.", v.Name, clip(m.String()))})
		return
	}
	what := fmt.Sprintf("No series of %s has %s.", v.Name, clip(m.String()))
	near := nearest.Names(m.Value, values)
	var shown []string
	for _, value := range values {
		shown = append(shown, fmt.Sprintf("%q", clip(value)))
	}
	var splices []splice
	switch {
	case len(near) > 0 && m.Type == labels.MatchEqual && nearest.Typo(m.Value, near[0]):
		what += fmt.Sprintf(" Nearest: %q.", clip(near[0]))
		for _, found := range (reading{Query: d.Query}).matchersOf(v) {
			if found.label == m.Name && found.value == m.Value && found.op == "=" {
				splices = append(splices, splice{found.at[2][0], found.at[2][1], fmt.Sprintf("%q", near[0])})
			}
		}
	case len(shown) > 0:
		what += " Its values: " + some(shown) + "."
	}
	d.say(severity, what, splices...)
}

// isStatus tells whether a label has statuses of HTTP, by its name and its values, and a matcher asks for others: that there were no
// errors yet is no fault of the query.
func isStatus(m *labels.Matcher, values []string) bool {
	const first, last = 100, 599
	if name := strings.ToLower(m.Name); !strings.Contains(name, "code") && !strings.Contains(name, "status") { // an index, such as of an interface
		return false
	}
	if slices.ContainsFunc(values, func(value string) bool {
		n, err := strconv.Atoi(value)
		return err != nil || n < first || n > last
	}) {
		return false
	}
	for status := first; status <= last && len(values) > 0; status++ {
		if m.Matches(strconv.Itoa(status)) {
			return true
		}
	}
	return false
}

// rate finds functions of counters over what the datasource knows for a gauge.
func (d data) rate(call *parser.Call) {
	instead, ok := ofCounters[call.Func.Name]
	if !ok || len(call.Args) != 1 {
		return
	}
	m, ok := call.Args[0].(*parser.MatrixSelector)
	if !ok {
		return
	}
	v, ok := m.VectorSelector.(*parser.VectorSelector)
	if !ok || d.Metrics[v.Name] != "gauge" || isGauge(v.Name) { // which its name has told
		return
	}
	d.say(Warning, ofGauge(call.Func.Name, v.Name, instead), d.functionName(call, instead)...)
}
