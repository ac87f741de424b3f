package query

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// tempo asks with TraceQL (https://grafana.com/docs/tempo/latest/api_docs/). It searches; one trace alone is not read.
type tempo struct{ *Source }

func (t tempo) instant(context.Context, string, time.Time, int) (Answer, error) {
	return Answer{}, &refusal{status: http.StatusBadRequest, message: "a search for traces needs a range of time: give a start"}
}

func (t tempo) inRange(ctx context.Context, query string, r Range, limit int) (Answer, error) {
	q := inSeconds(r.Start, r.End)
	q.Set("q", query)
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	body, err := t.get(ctx, "/api/search", q)
	if err != nil {
		return Answer{}, err
	}
	var found struct {
		Traces []struct {
			TraceID           string
			RootServiceName   string
			RootTraceName     string
			StartTimeUnixNano string
			DurationMs        float64
		}
	}
	if err := decode(t.Source, body, &found); err != nil {
		return Answer{}, err
	}
	var a Answer
	for _, f := range found.Traces {
		ns, err := strconv.ParseInt(f.StartTimeUnixNano, 10, 64)
		if err != nil {
			return Answer{}, notUnderstood(Tempo, err)
		}
		a.Entries = append(a.Entries, Entry{Time: time.Unix(0, ns).UTC(), Fields: []Field{
			{"trace", f.TraceID}, {"service", f.RootServiceName}, {"name", f.RootTraceName},
			{"duration", time.Duration(f.DurationMs * float64(time.Millisecond)).String()},
		}})
	}
	slices.SortStableFunc(a.Entries, func(x, y Entry) int { return y.Time.Compare(x.Time) })
	return a, nil
}

// labelNames returns the tags, each with its scope as TraceQL wants it; matchers are not known to this API.
func (t tempo) labelNames(ctx context.Context, _ []string, start, end time.Time) ([]string, error) {
	body, err := t.get(ctx, "/api/v2/search/tags", inSeconds(start, end))
	if err != nil {
		return nil, err
	}
	var found struct {
		Scopes []struct {
			Name string
			Tags []string
		}
	}
	if err := decode(t.Source, body, &found); err != nil {
		return nil, err
	}
	var names []string
	for _, scope := range found.Scopes {
		for _, tag := range scope.Tags {
			if scope.Name != "intrinsic" { // which stand without one
				tag = scope.Name + "." + tag
			}
			names = append(names, tag)
		}
	}
	slices.Sort(names)
	return names, nil
}

func (t tempo) labelValues(ctx context.Context, label string, _ []string, start, end time.Time, most int) ([]string, int, error) {
	body, err := t.get(ctx, "/api/v2/search/tag/"+label+"/values", inSeconds(start, end))
	if err != nil {
		return nil, 0, err
	}
	var found struct {
		TagValues []struct{ Value string }
	}
	if err := decode(t.Source, body, &found); err != nil {
		return nil, 0, err
	}
	var values []string
	for _, v := range found.TagValues {
		values = append(values, v.Value)
	}
	slices.Sort(values)
	return values[:min(len(values), most)], len(values), nil
}

// decode reads an answer into a value, if it is small enough for that.
func decode(s *Source, answer []byte, into any) error {
	if err := decodable(s.client.Work, answer, nil); err != nil {
		return err
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return notUnderstood(s.kind, err)
	}
	return nil
}

func inSeconds(start, end time.Time) url.Values {
	q := url.Values{}
	if !start.IsZero() && !end.IsZero() {
		q.Set("start", strconv.FormatInt(start.Unix(), 10))
		q.Set("end", strconv.FormatInt(end.Unix()+1, 10)) // it takes whole seconds, and none for no range
	}
	return q
}
