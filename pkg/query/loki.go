package query

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
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
	var answer struct {
		Data struct {
			ResultType string
			Result     json.RawMessage
		}
		Warnings []string
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return Answer{}, notUnderstood(Loki, err)
	}
	a := Answer{Warnings: answer.Warnings}
	switch result := answer.Data.Result; answer.Data.ResultType {
	case "streams":
		a.Logs, err = entriesOf(result)
	case "matrix":
		var m model.Matrix
		err = json.Unmarshal(result, &m)
		a.Series = seriesOf(m)
	case "vector":
		var v model.Vector
		err = json.Unmarshal(result, &v)
		a.Series = seriesOf(v)
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

// entriesOf returns the lines of all streams, the newest first.
func entriesOf(streams json.RawMessage) ([]LogEntry, error) {
	var all []struct {
		Stream map[string]string
		Values [][]json.RawMessage // time in nanoseconds, line, and with newer versions what else is known of it
	}
	if err := json.Unmarshal(streams, &all); err != nil {
		return nil, err
	}
	var entries []LogEntry
	for _, stream := range all {
		for _, value := range stream.Values {
			var at, line string
			if len(value) < 2 || json.Unmarshal(value[0], &at) != nil || json.Unmarshal(value[1], &line) != nil {
				return nil, fmt.Errorf("a line is no pair of texts")
			}
			ns, err := strconv.ParseInt(at, 10, 64)
			if err != nil {
				return nil, err
			}
			entries = append(entries, LogEntry{Time: time.Unix(0, ns).UTC(), Labels: stream.Stream, Line: line})
		}
	}
	slices.SortStableFunc(entries, func(a, b LogEntry) int { return b.Time.Compare(a.Time) })
	return entries, nil
}

func (l loki) labelNames(ctx context.Context, matchers []string, start, end time.Time) ([]string, error) {
	if len(matchers) == 0 {
		return l.list(ctx, "/loki/api/v1/labels", inNanoseconds(start, end))
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

func (l loki) labelValues(ctx context.Context, label string, matchers []string, start, end time.Time) ([]string, error) {
	q := inNanoseconds(start, end)
	if len(matchers) > 0 {
		q.Set("query", matchers[0]) // it takes one
	}
	return l.list(ctx, "/loki/api/v1/label/"+label+"/values", q)
}

func (l loki) series(ctx context.Context, matchers []string, start, end time.Time) (sets []map[string]string, err error) {
	q := inNanoseconds(start, end)
	q["match[]"] = matchers
	err = l.data(ctx, "/loki/api/v1/series", q, &sets)
	return sets, err
}

func (l loki) list(ctx context.Context, path string, q url.Values) (values []string, err error) {
	err = l.data(ctx, path, q, &values)
	return values, err
}

// data reads the data of an answer into a value.
func (l loki) data(ctx context.Context, path string, q url.Values, into any) error {
	body, err := l.get(ctx, path, q)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, &struct{ Data any }{into}); err != nil {
		return notUnderstood(Loki, err)
	}
	return nil
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
