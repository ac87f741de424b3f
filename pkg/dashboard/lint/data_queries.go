package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/promql"
	"github.com/perses/mcp-server/pkg/work"
)

// Label is a label of a metric.
type Label struct{ Metric, Name string }

// Facts describe the data of a datasource.
type Facts struct {
	Metrics map[string]string   // the type of each metric, "" if unknown; nil if the metrics are unknown
	Labels  map[string][]string // the labels of each metric; a missing entry is unknown
	Values  map[Label][]string  // the values of each label; a missing entry is unknown
}

// References returns the metrics that the queries and variables of a datasource name, and the labels of these metrics that they
// compare with a fixed value, both sorted. They are incomplete if the budget ends.
func (r *Report) References(budget *work.Budget, datasource Datasource) (metrics []string, compared []Label) {
	seen := map[Label]bool{}
	for _, l := range r.lists {
		if l.datasource == datasource {
			metrics = append(metrics, l.metrics()...)
		}
	}
	for _, q := range r.Queries {
		if !q.uses(datasource) {
			continue
		}
		if !budget.Spend(selectorCost * len(q.Text)) {
			break
		}
		for _, s := range q.Parsed.Selectors() {
			if s.Metric == "" {
				continue
			}
			metrics = append(metrics, s.Metric)
			for _, m := range s.Matchers {
				if l := (Label{s.Metric, m.Name}); !seen[l] && !promql.HasVariable(m.Value) && !m.Matches("") {
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

// uses reports whether the query parses and its datasource is this one.
func (q *Query) uses(datasource Datasource) bool {
	return q.Datasource.Kind == datasource.Kind && q.Datasource.Name == datasource.Name && q.Parsed.Expr != nil
}

// selectorCost is the number of units that looking through the selectors takes for each byte of a query.
const selectorCost = 5

// Datasources returns the datasources of the variables and queries, without duplicates.
func (r *Report) Datasources() []Datasource {
	var all []Datasource
	seen := map[Datasource]bool{}
	add := func(d Datasource) {
		if d.Kind != "" && !seen[d] {
			seen[d] = true
			all = append(all, d)
		}
	}
	for _, l := range r.lists {
		add(l.datasource)
	}
	for _, q := range r.Queries {
		if q.Parsed.Expr != nil {
			add(q.Datasource)
		}
	}
	return all
}

// CompareData adds findings about metrics, labels and values that the datasource does not have. When the budget ends, Unchecked
// says what was not compared.
func (r *Report) CompareData(budget *work.Budget, datasource Datasource, facts Facts) {
	d := &dataCheck{Report: r, Facts: facts, budget: budget, superseded: map[missing]bool{}, indexes: map[Label]*nearest.Index{}, sets: map[Label]map[string]bool{}}
	for _, l := range r.lists {
		if l.datasource == datasource {
			d.labelList(l)
		}
	}
	if err := budget.Err(); err != nil && len(r.lists) > 0 {
		r.AddUnchecked(fmt.Sprintf("variables were not compared with the data of %s: %v", clip(datasource.Name), err))
	}
	var asking []*Query
	for _, q := range r.Queries {
		if q.uses(datasource) {
			asking = append(asking, q)
		}
	}
	for i, q := range asking {
		if d.Query = q; !d.query() {
			r.AddUnchecked(fmt.Sprintf("%d of %d queries were not compared with the data of %s: %v", len(asking)-i, len(asking), clip(datasource.Name), budget.Err()))
			break
		}
	}
	if len(d.superseded) > 0 {
		r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool { return d.superseded[missing{f.query, f.metric}] })
	}
}

// query compares one query, and reports whether the budget was enough.
func (d *dataCheck) query() bool {
	if !d.budget.Spend(selectorCost * len(d.Text)) {
		return false
	}
	d.walk(d.Parsed.Expr, false)
	return d.budget.Err() == nil
}

// walk compares an expression and its parts. optional means that the expression still makes sense if the series do not exist.
func (d *dataCheck) walk(node parser.Node, optional bool) {
	switch n := node.(type) {
	case *parser.VectorSelector:
		d.selector(n, optional)
	case *parser.Call:
		d.rate(n)
		optional = optional || n.Func.Name == "absent" || n.Func.Name == "absent_over_time"
	case *parser.BinaryExpr:
		optional = optional || n.Op == parser.LOR || n.Op == parser.LUNLESS
	}
	for _, child := range parser.Children(node) {
		d.walk(child, optional)
	}
}

// dataCheck is the state of comparing queries with the data of a datasource.
type dataCheck struct {
	*Report
	*Query
	Facts
	budget     *work.Budget
	superseded map[missing]bool // findings to drop, because the metric does not exist
	indexes    map[Label]*nearest.Index
	sets       map[Label]map[string]bool
}

// missing is a metric of a query that does not exist.
type missing struct {
	query  *Query
	metric string
}

// nearNames returns the names similar to name. among is the zero Label for metrics, has a metric for its labels, or is a label
// for its values.
func (d *dataCheck) nearNames(among Label, name string, known func() []string) []string {
	if d.indexes[among] == nil {
		d.indexes[among] = nearest.NewIndex(d.budget, known())
	}
	return d.indexes[among].Names(d.budget, name)
}

func (d *dataCheck) nearMetrics(name string) []string {
	return d.nearNames(Label{}, name, func() []string {
		const perName = 20
		if !d.budget.Spend(perName * len(d.Metrics)) {
			return nil
		}
		return sortedKeys(d.Metrics)
	})
}

// nearLabels returns the labels of a metric, without __name__, and those of them that are similar to name.
func (d *dataCheck) nearLabels(metric, name string) (known, near []string) {
	d.budget.Spend(len(d.Labels[metric]))
	known = slices.DeleteFunc(slices.Clone(d.Labels[metric]), func(k string) bool { return k == labels.MetricName })
	return known, d.nearNames(Label{Metric: metric}, name, func() []string { return known })
}

// hasLabel reports whether a metric has a label.
func (d *dataCheck) hasLabel(metric, name string) bool {
	of := Label{Metric: metric}
	if d.sets[of] == nil {
		const perName = 10
		d.budget.Spend(perName * len(d.Labels[metric]))
		d.sets[of] = map[string]bool{}
		for _, label := range d.Labels[metric] {
			d.sets[of][label] = true
		}
	}
	return d.sets[of][name]
}

// matches reports whether a matcher matches one of the values. It returns true if the budget ends, since the answer is unknown
// then.
func (d *dataCheck) matches(m *labels.Matcher, values []string) bool {
	const atOnce = 100
	for some := range slices.Chunk(values, atOnce) {
		length := 0
		for _, value := range some {
			length += len(value)
		}
		if !d.budget.Spend(len(some)+promql.MatchCost(m, length)) || slices.ContainsFunc(some, m.Matches) {
			return true
		}
	}
	return false
}

func (d *dataCheck) report(severity Severity, what string, splices ...splice) {
	d.Add(Finding{Severity: severity, Where: d.Where, Panel: d.Panel, BreaksPanel: severity == Error, What: what, query: d.Query, splices: splices})
}

func (d *dataCheck) selector(v *parser.VectorSelector, optional bool) {
	if v.Name == "" || promql.HasVariable(v.Name) || d.Metrics == nil {
		return
	}
	severity := Error
	if optional {
		severity = Info
	}
	if _, exists := d.Metrics[v.Name]; !exists {
		d.metric(v, severity)
		return
	}
	if _, ok := d.Labels[v.Name]; !ok {
		return
	}
	written := sync.OnceValue(func() []matcher { return queryCheck{Query: d.Query}.matchersOf(v) })
	for _, m := range v.LabelMatchers {
		if m.Name == labels.MetricName || promql.HasVariable(m.Value) || m.Matches("") {
			continue
		}
		if !d.hasLabel(v.Name, m.Name) {
			d.label(v, m.Name, severity, written)
			continue
		}
		values, ok := d.Values[Label{v.Name, m.Name}]
		if ok && !d.matches(m, values) {
			d.value(v, m, values, severity, written)
		}
	}
}

// metric reports that a metric does not exist.
func (d *dataCheck) metric(v *parser.VectorSelector, severity Severity) {
	near := d.nearMetrics(v.Name)
	if d.budget.Err() != nil { // so near may be incomplete
		return
	}
	d.superseded[missing{d.Query, v.Name}] = true
	f := Finding{Severity: severity, Where: d.Where, Panel: d.Panel, BreaksPanel: severity == Error, query: d.Query, missingMetric: v.Name}
	f.What = fmt.Sprintf("There is no metric %s.", clip(v.Name))
	start, end := d.Parsed.Span(v)
	switch native, ok := strings.CutSuffix(v.Name, "_bucket"); {
	case ok && d.Metrics[native] == "histogram":
		f.What += fmt.Sprintf(" %s is a native histogram, which has no buckets or le: histogram_quantile(0.9, sum(rate(%[1]s[$__rate_interval]))).", clip(native))
	case len(near) > 0:
		f.What += " Nearest: " + strings.Join(near, ", ") + "."
		if strings.HasPrefix(d.Text[start:end], v.Name) && nearest.Typo(v.Name, near[0]) {
			f.splices = []splice{{start, start + len(v.Name), near[0]}}
		}
	}
	d.Add(f)
}

// label reports that a metric does not have a label.
func (d *dataCheck) label(v *parser.VectorSelector, name string, severity Severity, written func() []matcher) {
	known, near := d.nearLabels(v.Name, name)
	if d.budget.Err() != nil {
		return
	}
	what := fmt.Sprintf("%s has no label %s.", v.Name, name)
	if len(near) == 0 {
		if len(known) > 0 {
			what += " Its labels: " + some(known) + "."
		}
		d.report(severity, what)
		return
	}
	var splices []splice
	if nearest.Typo(name, near[0]) {
		for _, m := range written() {
			if m.label == name {
				splices = append(splices, splice{m.at[0][0], m.at[0][1], near[0]})
			}
		}
	}
	d.report(severity, what+" Nearest: "+strings.Join(near, ", ")+".", splices...)
}

// value reports that a matcher matches no value of its label.
func (d *dataCheck) value(v *parser.VectorSelector, m *labels.Matcher, values []string, severity Severity, written func() []matcher) {
	if d.isStatus(m, values) {
		d.Add(Finding{Severity: Info, Where: d.Where, Panel: d.Panel, BreaksPanel: true, query: d.Query,
			What: fmt.Sprintf("No series of %s matches %s; perhaps nothing has ended with such a status recently. To show 0 then, use sum(…) or vector(0).", v.Name, clip(m.String()))})
		return
	}
	what := fmt.Sprintf("No series of %s matches %s.", v.Name, clip(m.String()))
	var near []string
	if m.Type == labels.MatchEqual {
		near = d.nearNames(Label{v.Name, m.Name}, m.Value, func() []string { return values })
	}
	if d.budget.Err() != nil {
		return
	}
	var splices []splice
	switch {
	case len(near) > 0 && nearest.Typo(m.Value, near[0]):
		what += fmt.Sprintf(" Nearest: %q.", clip(near[0]))
		for _, found := range written() {
			if found.label == m.Name && found.value == m.Value && found.op == "=" {
				splices = append(splices, splice{found.at[2][0], found.at[2][1], fmt.Sprintf("%q", near[0])})
			}
		}
	case len(values) > 0:
		what += fmt.Sprintf(" The values of %s: %s.", m.Name, someQuoted(values))
	}
	d.report(severity, what, splices...)
}

// isStatus reports whether a label has HTTP statuses, by its name and values, and the matcher selects others. A query for errors
// that have not happened yet is correct.
func (d *dataCheck) isStatus(m *labels.Matcher, values []string) bool {
	const first, last = 100, 599
	if name := strings.ToLower(m.Name); !strings.Contains(name, "code") && !strings.Contains(name, "status") { // the numbers may be anything, such as interface indexes
		return false
	}
	d.budget.Spend(len(values) + (last-first)*promql.MatchCost(m, len("100")))
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

// rate finds counter functions of metrics that the datasource says are gauges.
func (d *dataCheck) rate(call *parser.Call) {
	forGauges, ok := counterFunctions[call.Func.Name]
	if !ok || len(call.Args) != 1 {
		return
	}
	m, ok := call.Args[0].(*parser.MatrixSelector)
	if !ok {
		return
	}
	v, ok := m.VectorSelector.(*parser.VectorSelector)
	if !ok || d.Metrics[v.Name] != "gauge" || isGauge(v.Name) { // reported by queryCheck.call
		return
	}
	d.report(Warning, gaugeMessage(call.Func.Name, v.Name, forGauges), d.renameFunction(call, forGauges)...)
}
