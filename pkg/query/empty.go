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

// WhyEmpty says in a sentence why a query may have come to nothing between two times, or at one, as far as a few further
// requests tell. It does not fail: what cannot be found out is left out.
func (s *Source) WhyEmpty(ctx context.Context, query string, start, end time.Time) string {
	e := emptiness{Source: s, ctx: ctx, start: start, end: end, when: "in this range of time"}
	if !start.Before(end) {
		e.when = "at this time"
	}
	if s.kind != Prometheus {
		return "Nothing matches the query " + e.when + "."
	}
	nothing := "The query gives nothing " + e.when
	expression := parsed(query)
	if expression == nil {
		return nothing + "."
	}
	e.start, e.end = reach(expression, start, end)
	selectors := selectorsOf(expression)
	if len(selectors) == 0 {
		return nothing + "."
	}
	for _, v := range selectors {
		why, err := e.ofSelector(v)
		switch {
		case err != nil:
			return nothing + "; why is not known, for the datasource tells nothing of its series."
		case why != "":
			return why
		}
	}
	if _, bare := unwrapped(expression).(*parser.VectorSelector); bare {
		return fmt.Sprintf("The series that it selects have no sample %s, but have some before: they have ended, are written less often than every %s, or lie between the points of a large step.", e.when, FormatDuration(lookBack))
	}
	return "The series that it selects have samples " + e.when + ", but the expression leaves none: a comparison or a join that no value meets, a rate over a range with fewer than two samples, or a step so large that no sample is near its points."
}

// emptiness is what is known of a query that came to nothing.
type emptiness struct {
	*Source
	ctx        context.Context
	start, end time.Time // between which its samples would be
	when       string    // the same in words
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

// ofSelector says why a selector selects nothing; "" if it does select something. An error means that this is not known.
func (e emptiness) ofSelector(v *parser.VectorSelector) (string, error) {
	if found, err := e.selects(e.start, e.end, v.LabelMatchers...); found || err != nil {
		return "", err
	}
	i := slices.IndexFunc(v.LabelMatchers, isMetric)
	if i < 0 {
		return fmt.Sprintf("No series matches %s %s.", Clip(v.String(), maxQuoted), e.when), nil
	}
	metric := v.LabelMatchers[i]
	if found, err := e.selects(e.start, e.end, metric); err != nil {
		return "", err
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
	if len(v.LabelMatchers) > maxMatchers {
		return fmt.Sprintf("No series matches %s %s.", Clip(v.String(), maxQuoted), e.when), nil
	}
	return fmt.Sprintf("%s has series for each of the matchers of %s, but none for all of them together.", metric.Value, Clip(v.String(), maxQuoted)), nil
}

func isMetric(m *labels.Matcher) bool {
	return m.Name == labels.MetricName && m.Type == labels.MatchEqual
}

// ofMetric says why there is nothing of a metric.
func (e emptiness) ofMetric(metric *labels.Matcher) string {
	name := Clip(metric.Value, maxQuoted)
	if found, err := e.selects(time.Time{}, time.Time{}, metric); found && err == nil {
		return fmt.Sprintf("The metric %s exists, but has no samples %s.", name, e.when)
	}
	known, err := e.LabelValues(e.ctx, model.MetricNameLabel, nil, time.Time{}, time.Time{})
	if err != nil {
		return fmt.Sprintf("There is no metric %s.", name)
	}
	if !e.client.Work.Spend(len(known)) {
		return fmt.Sprintf("There is no metric %s.", name)
	}
	if native, ok := strings.CutSuffix(metric.Value, "_bucket"); ok && slices.Contains(known, native) {
		return fmt.Sprintf("There is no metric %s, but %s, most likely a native histogram: leave out _bucket and le.", name, Clip(native, maxQuoted))
	}
	if near := e.near(metric.Value, known); len(near) > 0 {
		return fmt.Sprintf("There is no metric %s. Nearest names: %s.", name, strings.Join(near, ", "))
	}
	return fmt.Sprintf("There is no metric %s; perses_find_metrics finds those there are (%d).", name, len(known))
}

// near returns the names that one may have been meant for: none, or not the nearest, once the budget of the call is spent.
func (e emptiness) near(meant string, known []string) []string {
	return nearest.NamesWithin(e.client.Work, meant, known)
}

// ofMatcher says that no series of a metric has a label as it is wanted, and which values the label has.
func (e emptiness) ofMatcher(metric, m *labels.Matcher) string {
	why := fmt.Sprintf("No series of %s has %s.", metric.Value, Clip(m.String(), maxQuoted))
	values, err := e.LabelValues(e.ctx, m.Name, []string{selectorOf(metric)}, e.start, e.end)
	if err == nil && len(values) == 0 { // which may be for lack of an index alone, where samples came out of order
		values, err = e.LabelValues(e.ctx, m.Name, []string{selectorOf(metric)}, time.Time{}, time.Time{})
	}
	switch {
	case err != nil:
		return why
	case len(values) == 0:
		return fmt.Sprintf("No series of %s has a label %s.", metric.Value, m.Name)
	}
	return fmt.Sprintf("%s Its %s has the values %s.", why, m.Name, e.quoted(m.Value, values))
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
