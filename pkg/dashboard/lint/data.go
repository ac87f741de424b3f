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

// Facts are what a datasource has told of its data.
type Facts struct {
	Metrics map[string]string   // the names of its series' metrics, and their types as far as it tells; nil if not known
	Labels  map[string][]string // the labels of metrics; of those that are not here they are not known
	Values  map[Label][]string  // their values, likewise
}

// References returns what it is good to know of a datasource: the metrics that queries and variables name, and of those the labels that they
// compare with a text, both sorted.
// It is incomplete if the budget ends.
func (r *Report) References(budget *work.Budget, datasource Datasource) (metrics []string, compared []Label) {
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
		if !budget.Spend(selecting * len(q.Text)) {
			break
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

// selecting is how many units it takes, for each byte of a query, to look through its selectors.
const selecting = 5

// Datasources returns those that variables and queries ask, each once.
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

// CompareData adds what the queries of a datasource get wrong about its data. When the budget ends, the report says what was not
// compared.
func (r *Report) CompareData(budget *work.Budget, datasource Datasource, facts Facts) {
	d := &data{Report: r, Facts: facts, budget: budget, drop: map[absence]bool{}, indexes: map[Label]*nearest.Index{}, sets: map[Label]map[string]bool{}}
	for _, l := range r.lists {
		if l.datasource == datasource {
			d.list(l)
		}
	}
	if err := budget.Err(); err != nil && len(r.lists) > 0 {
		r.AddUnchecked(fmt.Sprintf("variables were not compared with the data of %s: %v", clip(datasource.Name), err))
	}
	var asking []*Query
	for _, q := range r.Queries {
		if q.asks(datasource) {
			asking = append(asking, q)
		}
	}
	for i, q := range asking {
		if d.Query = q; !d.query() {
			r.AddUnchecked(fmt.Sprintf("%d of %d queries were not compared with the data of %s: %v", len(asking)-i, len(asking), clip(datasource.Name), budget.Err()))
			break
		}
	}
	if len(d.drop) > 0 {
		r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool { return d.drop[absence{f.query, f.metric}] })
	}
}

// query compares one query; false if the budget ends.
func (d *data) query() bool {
	if !d.budget.Spend(selecting * len(d.Text)) {
		return false
	}
	d.walk(d.Parsed.Expr, false)
	return d.budget.Err() == nil
}

// walk compares an expression and all its parts. optional says that it is asked for not to be there, or is but one of several.
func (d *data) walk(node parser.Node, optional bool) {
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

// data is a query while it is compared with the data.
type data struct {
	*Report
	*Query
	Facts
	budget  *work.Budget
	drop    map[absence]bool // what no more is to be said
	indexes map[Label]*nearest.Index
	sets    map[Label]map[string]bool
}

// absence is a metric that does not exist, where a query names it.
type absence struct {
	query  *Query
	metric string
}

// near returns what is near to a name: among the metrics, the labels of one, or the values of one of those.
func (d *data) near(among Label, name string, known func() []string) []string {
	if d.indexes[among] == nil {
		d.indexes[among] = nearest.NewIndex(d.budget, known())
	}
	return d.indexes[among].Names(d.budget, name)
}

func (d *data) nearMetrics(name string) []string {
	return d.near(Label{}, name, func() []string {
		const perName = 20
		if !d.budget.Spend(perName * len(d.Metrics)) {
			return nil
		}
		return sortedKeys(d.Metrics)
	})
}

// nearLabels returns the labels of a metric, but for that of its name, and those that are near to one.
func (d *data) nearLabels(metric, name string) (known, near []string) {
	d.budget.Spend(len(d.Labels[metric]))
	known = slices.DeleteFunc(slices.Clone(d.Labels[metric]), func(k string) bool { return k == labels.MetricName })
	return known, d.near(Label{Metric: metric}, name, func() []string { return known })
}

// hasLabel tells whether a metric has a label.
func (d *data) hasLabel(metric, name string) bool {
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

// matches tells whether a matcher matches one of some values; also if the budget ends, for then that is not known.
func (d *data) matches(m *labels.Matcher, values []string) bool {
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

func (d *data) say(severity Severity, what string, splices ...splice) {
	d.Add(Finding{Severity: severity, Where: d.Where, Panel: d.Panel, BreaksPanel: severity == Error, What: what, query: d.Query, splices: splices})
}

func (d *data) selector(v *parser.VectorSelector, optional bool) {
	if v.Name == "" || promql.Variable(v.Name) || d.Metrics == nil {
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
	written := sync.OnceValue(func() []matcher { return reading{Query: d.Query}.matchersOf(v) })
	for _, m := range v.LabelMatchers {
		if m.Name == labels.MetricName || promql.Variable(m.Value) || m.Matches("") {
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

// metric says that a metric does not exist.
func (d *data) metric(v *parser.VectorSelector, severity Severity) {
	near := d.nearMetrics(v.Name)
	if d.budget.Err() != nil { // and it is not known what was meant
		return
	}
	d.drop[absence{d.Query, v.Name}] = true
	f := Finding{Severity: severity, Where: d.Where, Panel: d.Panel, BreaksPanel: severity == Error, query: d.Query, absent: v.Name}
	f.What = fmt.Sprintf("There is no metric %s.", clip(v.Name))
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
func (d *data) label(v *parser.VectorSelector, name string, severity Severity, written func() []matcher) {
	known, near := d.nearLabels(v.Name, name)
	if d.budget.Err() != nil {
		return
	}
	what := fmt.Sprintf("%s has no label %s.", v.Name, name)
	if len(near) == 0 {
		if len(known) > 0 {
			what += " It has " + some(known) + "."
		}
		d.say(severity, what)
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
	d.say(severity, what+" Nearest: "+strings.Join(near, ", ")+".", splices...)
}

// value says that a label has no value that a matcher matches.
func (d *data) value(v *parser.VectorSelector, m *labels.Matcher, values []string, severity Severity, written func() []matcher) {
	if d.isStatus(m, values) {
		d.Add(Finding{Severity: Info, Where: d.Where, Panel: d.Panel, BreaksPanel: true, query: d.Query,
			What: fmt.Sprintf("No series of %s has %s: nothing has ended with such a status of late. sum(…) or vector(0) shows 0 then.", v.Name, clip(m.String()))})
		return
	}
	what := fmt.Sprintf("No series of %s has %s.", v.Name, clip(m.String()))
	var near []string
	if m.Type == labels.MatchEqual {
		near = d.near(Label{v.Name, m.Name}, m.Value, func() []string { return values })
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
		what += " Its values: " + someQuoted(values) + "."
	}
	d.say(severity, what, splices...)
}

// isStatus tells whether a label has statuses of HTTP, by its name and its values, and a matcher asks for others: that there were no
// errors yet is no fault of the query.
func (d *data) isStatus(m *labels.Matcher, values []string) bool {
	const first, last = 100, 599
	if name := strings.ToLower(m.Name); !strings.Contains(name, "code") && !strings.Contains(name, "status") { // an index, such as of an interface
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

// rate finds functions of counters over what the datasource knows for a gauge.
func (d *data) rate(call *parser.Call) {
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
