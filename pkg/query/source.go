package query

import (
	"context"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
)

// The kinds of datasources that can be asked.
const (
	Prometheus = "PrometheusDatasource"
	Loki       = "LokiDatasource"
	Tempo      = "TempoDatasource"
)

// languages are how they are asked. Those without a language cannot be asked.
var languages = map[string]func(*Source) language{
	Prometheus:               func(s *Source) language { return prometheus{s} },
	Loki:                     func(s *Source) language { return loki{s} },
	Tempo:                    func(s *Source) language { return tempo{s} },
	"PyroscopeDatasource":    nil,
	"ClickHouseDatasource":   nil,
	"VictoriaLogsDatasource": nil,
}

// HasLanguage reports whether a kind of datasource can be asked.
func HasLanguage(kind string) bool { return languages[kind] != nil }

// Datasources returns the kinds of datasources that are known, sorted. Some of them cannot be asked.
func Datasources() []string { return slices.Sorted(maps.Keys(languages)) }

// language is the API of a kind of datasource, as far as it reads.
type language interface {
	instant(ctx context.Context, query string, at time.Time, limit int) (Answer, error)
	inRange(ctx context.Context, query string, r Range, limit int) (Answer, error)
	labelNames(ctx context.Context, matchers []string, start, end time.Time) ([]string, error)
	// labelValues returns the first values up to a number, and how many there are.
	labelValues(ctx context.Context, label string, matchers []string, start, end time.Time, most int) ([]string, int, error)
}

// Source is a datasource that may be asked in one call of a tool. Its methods are safe for concurrent use; what they
// return is bounded, and their errors are sentences that name the datasource.
type Source struct {
	client     *perses.Client
	datasource perses.Datasource
	kind       string
	path       string     // of the proxy
	params     url.Values // that belong to every request
	scrape     time.Duration
}

// defaultScrapeInterval is that of a datasource that names none (plugins/prometheus/src/plugins/types.ts).
const defaultScrapeInterval = time.Minute

// sourceOf makes a datasource ready to be asked, or says why it must not or cannot be.
func sourceOf(c *perses.Client, d perses.Datasource) (*Source, error) {
	spec := gjson.ParseBytes(d.Spec)
	kind := kindOf(d)
	if !HasLanguage(kind) {
		can := slices.DeleteFunc(Datasources(), func(kind string) bool { return !HasLanguage(kind) })
		return nil, fmt.Errorf("datasource %q (%s) is a %s, which cannot be asked; these can: %s", d.Name, d.Scope, kind, strings.Join(can, ", "))
	}
	path, err := c.Proxy(d)
	if err != nil {
		return nil, err
	}
	s := &Source{client: c, datasource: d, kind: kind, path: path, params: url.Values{}, scrape: defaultScrapeInterval}
	spec.Get("plugin.spec.queryParams").ForEach(func(name, value gjson.Result) bool {
		s.params.Set(name.String(), value.String()) // the proxy leaves this to whoever asks
		return true
	})
	if interval, err := model.ParseDuration(spec.Get("plugin.spec.scrapeInterval").String()); err == nil && interval > 0 {
		s.scrape = time.Duration(interval)
	}
	return s, nil
}

func kindOf(d perses.Datasource) string { return gjson.GetBytes(d.Spec, "plugin.kind").String() }

// Name returns the name of the datasource.
func (s *Source) Name() string { return s.datasource.Name }

// Kind returns the kind of its plugin, such as PrometheusDatasource.
func (s *Source) Kind() string { return s.kind }

// Scope tells where it is defined.
func (s *Source) Scope() perses.Scope { return s.datasource.Scope }

// ScrapeInterval returns the interval that it says its samples have, Perses' default if it says none.
func (s *Source) ScrapeInterval() time.Duration { return s.scrape }

// Instant answers a query at one time.
func (s *Source) Instant(ctx context.Context, query string, at time.Time) (Answer, error) {
	return s.ask(ctx, func(ctx context.Context, l language) (Answer, error) { return l.instant(ctx, query, at, 0) })
}

// Range answers a query over a range of time. Limit is how many lines of a log or traces are wanted, the newest; 0 for
// the datasource's own limit.
func (s *Source) Range(ctx context.Context, query string, r Range, limit int) (Answer, error) {
	return s.ask(ctx, func(ctx context.Context, l language) (Answer, error) { return l.inRange(ctx, query, r, limit) })
}

// LabelNames returns the names of the labels that series in the range have, of those that one of the matchers selects;
// of all if there are none.
func (s *Source) LabelNames(ctx context.Context, matchers []string, start, end time.Time) (names []string, err error) {
	_, err = s.ask(ctx, func(ctx context.Context, l language) (Answer, error) {
		names, err = l.labelNames(ctx, matchers, start, end)
		return Answer{}, err
	})
	return names, err
}

// LabelValues returns the values of a label in the same way.
func (s *Source) LabelValues(ctx context.Context, label string, matchers []string, start, end time.Time) (values []string, err error) {
	values, _, err = s.CountLabelValues(ctx, label, matchers, start, end, math.MaxInt)
	return values, err
}

// CountLabelValues returns the first values of a label up to a number, and how many there are.
func (s *Source) CountLabelValues(ctx context.Context, label string, matchers []string, start, end time.Time, most int) (values []string, count int, err error) {
	label, ok := s.inPath(label)
	if !ok {
		return nil, 0, fmt.Errorf("%q is no name of a label in a %s", Clip(label, maxQuoted), s.kind)
	}
	_, err = s.ask(ctx, func(ctx context.Context, l language) (Answer, error) {
		values, count, err = l.labelValues(ctx, label, matchers, start, end, most)
		return Answer{}, err
	})
	return values, count, err
}

// maxName is how many bytes the name of a label may have in a path.
const maxName = 500

// inPath returns the name of a label as it may become part of a path: the proxy escapes a slash twice, and passes .. on.
// For names that are more than letters, digits and underscores Prometheus knows another spelling, of nothing else; only
// that gets past the endpoints which Perses' UI proposes to allow.
func (s *Source) inPath(name string) (string, bool) {
	switch {
	case len(name) > maxName:
		return name, false
	case s.kind == Tempo:
		return name, isTag(name)
	case s.kind == Prometheus && model.UTF8Validation.IsValidLabelName(name):
		return model.EscapeName(name, model.ValueEncodingEscaping), true
	}
	return name, model.LegacyValidation.IsValidLabelName(name)
}

// isTag tells the tags of Tempo, such as resource.service.name.
func isTag(name string) bool {
	foreign := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_.-:", r)
	}
	return name != "" && name != "." && name != ".." && !strings.ContainsFunc(name, foreign)
}

// ask does something with the datasource, in a context that ends when it is done: so does then the turn that a large
// answer takes.
func (s *Source) ask(ctx context.Context, do func(context.Context, language) (Answer, error)) (Answer, error) {
	ctx, done := context.WithCancel(ctx)
	defer done()
	answer, err := do(ctx, languages[s.kind](s))
	if err != nil {
		return Answer{}, s.explain(err)
	}
	return answer, nil
}

// send sends a request and returns the body of an answer that is a success.
func (s *Source) send(ctx context.Context, r *http.Request, limit int) ([]byte, error) {
	if len(s.params) > 0 {
		query := r.URL.Query()
		for name := range s.params {
			query.Set(name, s.params.Get(name))
		}
		r.URL.RawQuery = query.Encode()
	}
	status, body, err := s.client.Ask(ctx, s.path, r, limit)
	if err == nil && status >= http.StatusBadRequest {
		err = refusalOf(r, status, body)
	}
	return body, err
}

// get sends a GET for a path of the datasource's API.
func (s *Source) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	r.URL.RawQuery = query.Encode()
	return s.send(ctx, r, perses.MaxAnswer)
}
