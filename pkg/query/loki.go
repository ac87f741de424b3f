package query

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
)

// loki asks with LogQL (plugins/loki/src/model/loki-client.ts).
type loki struct{ *Source }

func (l loki) instant(ctx context.Context, query string, at time.Time, limit int) (Answer, error) {
	return l.query(ctx, "/loki/api/v1/query", limit, url.Values{"query": {query}, "time": {nanoseconds(at)}})
}

func (l loki) inRange(ctx context.Context, query string, r Range, limit int) (Answer, error) {
	q := url.Values{"query": {query}, "start": {nanoseconds(r.Start)}, "end": {nanoseconds(r.End)}, "direction": {"backward"}}
	if r.Step > 0 {
		q.Set("step", strconv.FormatFloat(r.Step.Seconds(), 'f', -1, 64))
	}
	return l.query(ctx, "/loki/api/v1/query_range", limit, q)
}

func nanoseconds(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

func (l loki) query(ctx context.Context, path string, limit int, q url.Values) (Answer, error) {
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	body, err := l.get(ctx, path, q)
	if err != nil {
		return Answer{}, err
	}
	a, rest, err := takeResult(l.client.Work, body)
	if err != nil {
		return Answer{}, err
	}
	var answer struct {
		Data struct {
			ResultType string
			Result     json.RawMessage
		}
		Warnings []string
	}
	if err := json.Unmarshal(rest, &answer); err != nil {
		return Answer{}, notUnderstood(Loki, err)
	}
	a.Warnings = answer.Warnings
	switch result := answer.Data.Result; answer.Data.ResultType { // what could not be taken
	case "streams":
		if string(result) != "[]" {
			err = errors.New("a line is no pair of texts")
		}
	case "matrix":
		var m model.Matrix
		err = json.Unmarshal(result, &m)
		a.Series = append(a.Series, seriesOf(m)...)
	case "vector":
		var v model.Vector
		err = json.Unmarshal(result, &v)
		a.Series = append(a.Series, seriesOf(v)...)
	case "scalar":
		var s model.Scalar
		err = json.Unmarshal(result, &s)
		a.Series = seriesOf(&s)
	default:
		err = fmt.Errorf("unknown type of result %q", answer.Data.ResultType)
	}
	if err != nil {
		return Answer{}, notUnderstood(Loki, err)
	}
	return a, nil
}

func (l loki) labelNames(ctx context.Context, matchers []string, start, end time.Time) ([]string, error) {
	if len(matchers) == 0 {
		names, _, err := l.list(ctx, "/loki/api/v1/labels", inNanoseconds(start, end), math.MaxInt)
		return names, err
	}
	sets, err := l.series(ctx, matchers, start, end)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, set := range sets {
		for name := range set {
			names[name] = true
		}
	}
	return sortedKeys(names), nil
}

func (l loki) labelValues(ctx context.Context, label string, matchers []string, start, end time.Time, most int) ([]string, int, error) {
	q := inNanoseconds(start, end)
	if len(matchers) > 0 {
		q.Set("query", matchers[0]) // it takes one
	}
	return l.list(ctx, "/loki/api/v1/label/"+label+"/values", q, most)
}

func (l loki) series(ctx context.Context, matchers []string, start, end time.Time) (sets []map[string]string, err error) {
	q := inNanoseconds(start, end)
	q["match[]"] = matchers
	body, err := l.get(ctx, "/loki/api/v1/series", q)
	if err != nil {
		return nil, err
	}
	return sets, decode(l.Source, body, &struct{ Data any }{&sets})
}

// list returns the first texts of a list up to a number, and how many there are.
func (l loki) list(ctx context.Context, path string, q url.Values, most int) (texts []string, total int, err error) {
	body, err := l.get(ctx, path, q)
	if err != nil {
		return nil, 0, err
	}
	texts, total, rest, err := takeTexts(l.client.Work, body, most)
	if err != nil {
		return nil, 0, err
	}
	var others struct{ Data []string } // what could not be taken
	if err := json.Unmarshal(rest, &others); err != nil {
		return nil, 0, notUnderstood(Loki, err)
	}
	total += len(others.Data)
	return append(texts, others.Data[:min(len(others.Data), most)]...), total, nil
}

func inNanoseconds(start, end time.Time) url.Values {
	q := url.Values{}
	if !start.IsZero() {
		q.Set("start", nanoseconds(start))
	}
	if !end.IsZero() {
		q.Set("end", nanoseconds(end))
	}
	return q
}
