package query

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/nearest"
)

const (
	// maxSelectors is how many selectors of a query are looked at to find out why it is empty: each takes some requests.
	maxSelectors = 3
	// maxMatchers is how many matchers of a selector are tried one by one, each by a request.
	maxMatchers = 20
	// maxValues is how many values of a label are named.
	maxValues = 8
	// maxQuoted is how many bytes of a selector are repeated.
	maxQuoted = 300
)

// Cause is the cause of a query that returned nothing.
type Cause int

// The causes, as far as a datasource tells them.
const (
	Unknown          Cause = iota
	NoMatch                // nothing matches a query of a datasource that is not asked further
	NotExplained           // the datasource failed while its series were listed
	NoSuchMetric           // there is no metric of that name
	NoSamples              // the metric exists, but has no samples in the time range
	NoSeries               // no series has all the labels that the query selects
	NoSuchLabel            // no series of the metric has the label
	NoSuchLabelValue       // no series of the metric has that value of the label
	Ended                  // the series have samples before the time range only, or between the data points of a large step
	Filtered               // the series have samples, but the expression returns none
)

// Reason is why a query returned nothing.
type Reason struct {
	Cause    Cause
	when     string // the time of the query in words
	metric   string
	selector string // with the matcher or matchers that select nothing
	apart    bool   // of NoSeries: each matcher alone has series
	label    string
	hint     string // the rest of the sentence: what exists instead
}

// String returns the reason as a sentence.
func (r Reason) String() string {
	switch r.Cause {
	case NoMatch:
		return fmt.Sprintf("Nothing matches the query %s.", r.when)
	case NotExplained:
		return fmt.Sprintf("The query gives nothing %s; why is not known, for the datasource tells nothing of its series.", r.when)
	case NoSuchMetric:
		return fmt.Sprintf("There is no metric %s%s.", r.metric, r.hint)
	case NoSamples:
		return fmt.Sprintf("The metric %s exists, but has no samples %s.", r.metric, r.when)
	case NoSeries:
		if r.apart {
			return fmt.Sprintf("%s has series for each of the matchers of %s, but none for all of them together.", r.metric, r.selector)
		}
		return fmt.Sprintf("No series matches %s %s.", r.selector, r.when)
	case NoSuchLabel:
		return fmt.Sprintf("No series of %s has a label %s.", r.metric, r.label)
	case NoSuchLabelValue:
		return fmt.Sprintf("No series of %s has %s.%s", r.metric, r.selector, r.hint)
	case Ended:
		return fmt.Sprintf("The series that it selects have no sample %s, but have some before: they have ended, are written less often than every %s, or lie between the points of a large step.", r.when, FormatDuration(lookBack))
	case Filtered:
		return fmt.Sprintf("The series that it selects have samples %s, but the expression leaves none: a comparison or a join that no value meets, a rate over a range with fewer than two samples, or a step so large that no sample is near its points.", r.when)
	}
	return fmt.Sprintf("The query gives nothing %s.", r.when)
}

// WhyEmpty finds out with a few requests why a query returned nothing between two times, or at one. It never fails: what it cannot
// find out, the reason leaves out.
func (s *Source) WhyEmpty(ctx context.Context, query string, start, end time.Time) Reason {
	e := emptiness{Source: s, ctx: ctx, start: start, end: end}
	when := "in this range of time"
	if !start.Before(end) {
		when = "at this time"
	}
	reason := e.reason(query)
	reason.when = when
	return reason
}

func (e emptiness) reason(query string) Reason {
	if e.kind != Prometheus {
		return Reason{Cause: NoMatch}
	}
	expression := parsed(query)
	if expression == nil {
		return Reason{}
	}
	e.start, e.end = reach(expression, e.start, e.end)
	selectors := selectorsOf(expression)
	if len(selectors) == 0 {
		return Reason{}
	}
	for _, v := range selectors {
		if reason, err := e.ofSelector(v); err != nil {
			return Reason{Cause: NotExplained}
		} else if reason != nil {
			return *reason
		}
	}
	if _, bare := unwrapped(expression).(*parser.VectorSelector); bare {
		return Reason{Cause: Ended}
	}
	return Reason{Cause: Filtered}
}

// emptiness is what is known of a query that came to nothing.
type emptiness struct {
	*Source
	ctx        context.Context
	start, end time.Time // between which its samples would be
}

// selects tells whether there are series with all of these labels.
func (e emptiness) selects(start, end time.Time, matchers ...*labels.Matcher) (bool, error) {
	sets, err := e.LabelSets(e.ctx, []string{selectorOf(matchers...)}, start, end, 1)
	return len(sets) > 0, err
}

// selectorOf writes matchers as a selector, in the form that all versions of the API understand.
func selectorOf(matchers ...*labels.Matcher) string {
	var words []string
	for _, m := range matchers {
		words = append(words, m.String())
	}
	return "{" + strings.Join(words, ",") + "}"
}

// ofSelector returns why a selector selects nothing, or nil if it does select something. After an error, the reason is unknown.
func (e emptiness) ofSelector(v *parser.VectorSelector) (*Reason, error) {
	if found, err := e.selects(e.start, e.end, v.LabelMatchers...); found || err != nil {
		return nil, err
	}
	noSeries := &Reason{Cause: NoSeries, selector: Clip(v.String(), maxQuoted)}
	i := slices.IndexFunc(v.LabelMatchers, isMetric)
	if i < 0 {
		return noSeries, nil
	}
	metric := v.LabelMatchers[i]
	if found, err := e.selects(e.start, e.end, metric); err != nil {
		return nil, err
	} else if !found {
		return e.ofMetric(metric), nil
	}
	for _, m := range v.LabelMatchers[:min(len(v.LabelMatchers), maxMatchers)] {
		if isMetric(m) {
			continue
		}
		if found, err := e.selects(e.start, e.end, metric, m); err == nil && !found {
			return e.ofMatcher(metric, m), nil
		}
	}
	noSeries.metric, noSeries.apart = metric.Value, len(v.LabelMatchers) <= maxMatchers
	return noSeries, nil
}

func isMetric(m *labels.Matcher) bool {
	return m.Name == labels.MetricName && m.Type == labels.MatchEqual
}

// ofMetric returns why a metric has no series.
func (e emptiness) ofMetric(metric *labels.Matcher) *Reason {
	r := &Reason{Cause: NoSuchMetric, metric: Clip(metric.Value, maxQuoted)}
	if found, err := e.selects(time.Time{}, time.Time{}, metric); found && err == nil {
		r.Cause = NoSamples
		return r
	}
	known, err := e.LabelValues(e.ctx, model.MetricNameLabel, nil, time.Time{}, time.Time{})
	if err != nil || !e.client.Work.Spend(len(known)) {
		return r
	}
	native, bucket := strings.CutSuffix(metric.Value, "_bucket")
	if bucket && slices.Contains(known, native) {
		r.hint = fmt.Sprintf(", but %s, most likely a native histogram: leave out _bucket and le", Clip(native, maxQuoted))
	} else if near := e.near(metric.Value, known); len(near) > 0 {
		r.hint = ". Nearest names: " + strings.Join(near, ", ")
	} else {
		r.hint = fmt.Sprintf("; perses_find_metrics finds those there are (%d)", len(known))
	}
	return r
}

// near returns the names that one may have been meant for: none, or not the nearest, once the budget of the call is spent.
func (e emptiness) near(meant string, known []string) []string {
	return nearest.NamesWithin(e.client.Work, meant, known)
}

// ofMatcher returns that no series of a metric matches a label, with the values that the label has.
func (e emptiness) ofMatcher(metric, m *labels.Matcher) *Reason {
	r := &Reason{Cause: NoSuchLabelValue, metric: metric.Value, selector: Clip(m.String(), maxQuoted), label: m.Name}
	values, err := e.LabelValues(e.ctx, m.Name, []string{selectorOf(metric)}, e.start, e.end)
	if err == nil && len(values) == 0 { // perhaps only because samples out of order are not in the index
		values, err = e.LabelValues(e.ctx, m.Name, []string{selectorOf(metric)}, time.Time{}, time.Time{})
	}
	switch {
	case err != nil:
	case len(values) == 0:
		r.Cause = NoSuchLabel
	default:
		r.hint = fmt.Sprintf(" Its %s has the values %s.", m.Name, e.quoted(m.Value, values))
	}
	return r
}

// quoted names some of the values, those first that one may have been meant for.
func (e emptiness) quoted(meant string, values []string) string {
	names := e.near(meant, values)
	for _, v := range values[:min(len(values), 2*maxValues)] { // of which no more than maxValues are names already
		if len(names) < maxValues && !slices.Contains(names, v) {
			names = append(names, v)
		}
	}
	left := len(values) - len(names)
	for i, v := range names {
		names[i] = strconv.Quote(Clip(v, maxQuoted))
	}
	if left > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), left)
	}
	return strings.Join(names, ", ")
}
