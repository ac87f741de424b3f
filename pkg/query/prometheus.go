package query

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	promapi "github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/series"
)

// prometheus asks with PromQL. Its client sends queries as POST, the only way that the endpoints which Perses' UI proposes
// to allow admit.
type prometheus struct{ *Source }

// promClient is what the client of Prometheus sends one request through.
type promClient struct {
	*Source
	take     func(answer []byte) (rest []byte, err error) // what is large out of an answer, before the client reads it
	limit    int                                          // bytes of an answer that are read; 0 for perses.MaxAnswer
	answered bool                                         // with a success
	infos    []string                                     // in the answer, which the client passes over
}

var _ promapi.Client = &promClient{}

// URL makes the address of an endpoint, below that of the datasource.
func (c *promClient) URL(endpoint string, args map[string]string) *url.URL {
	for name, value := range args {
		endpoint = strings.ReplaceAll(endpoint, ":"+name, value)
	}
	return &url.URL{Path: endpoint}
}

// maxInfos is up to which length an answer is searched for what its client passes over.
const maxInfos = 1 << 20

// Do sends a request. What is no success is an error without a response: for the sight of some of these the client would
// ask again with GET, which tells nothing but that GET is not allowed.
func (c *promClient) Do(ctx context.Context, r *http.Request) (*http.Response, []byte, error) {
	body, err := c.send(ctx, r, c.limit)
	if err != nil {
		return nil, nil, err
	}
	c.answered = true
	if body, err = c.take(body); err != nil {
		return nil, nil, err
	}
	if len(body) <= maxInfos {
		if text := gjson.GetBytes(body, "data"); text.Get("resultType").Str == "string" { // which the client does not know
			return nil, nil, &refusal{status: http.StatusOK, message: fmt.Sprintf("the query is a text, %q, and asks for no series", Clip(text.Get("result.1").String(), maxQuoted))}
		}
		for _, info := range gjson.GetBytes(body, "infos").Array() {
			c.infos = append(c.infos, info.String())
		}
	}
	return &http.Response{StatusCode: http.StatusOK}, body, nil
}

// asked makes of a value of the client an answer.
func (p prometheus) asked(do func(promv1.API) (model.Value, promv1.Warnings, error)) (Answer, error) {
	var taken Answer
	client := &promClient{Source: p.Source, take: func(answer []byte) (rest []byte, err error) {
		taken, rest, err = takeResult(p.client.Work, answer)
		return rest, err
	}}
	value, warnings, err := do(promv1.NewAPI(client))
	if err != nil {
		return Answer{}, client.judge(err)
	}
	return Answer{Series: append(taken.Series, seriesOf(value)...), Warnings: append(warnings, client.infos...)}, nil
}

// judge returns what an error of the client means: once there was an answer, that it is none of a Prometheus, or that the
// call ended while it was read. The client's own error may repeat all of the answer.
func (c *promClient) judge(err error) error {
	if err == nil || !c.answered || errors.As(err, new(*refusal)) || errors.As(err, new(tooMuch)) {
		return err
	}
	if ended := c.client.Work.Err(); ended != nil {
		return ended
	}
	return notUnderstood(Prometheus, err)
}

func (p prometheus) instant(ctx context.Context, query string, at time.Time, _ int) (Answer, error) {
	return p.asked(func(api promv1.API) (model.Value, promv1.Warnings, error) { return api.Query(ctx, query, at) })
}

func (p prometheus) inRange(ctx context.Context, query string, r Range, _ int) (Answer, error) {
	return p.asked(func(api promv1.API) (model.Value, promv1.Warnings, error) {
		return api.QueryRange(ctx, query, promv1.Range(r))
	})
}

func (p prometheus) labelNames(ctx context.Context, matchers []string, start, end time.Time) ([]string, error) {
	names, _, err := listed(p.Source, math.MaxInt, func(api promv1.API) (model.LabelNames, promv1.Warnings, error) {
		return api.LabelNames(ctx, matchers, start, end)
	})
	return names, err
}

func (p prometheus) labelValues(ctx context.Context, label string, matchers []string, start, end time.Time, most int) ([]string, int, error) {
	return listed(p.Source, most, func(api promv1.API) (model.LabelValues, promv1.Warnings, error) {
		return api.LabelValues(ctx, label, matchers, start, end)
	})
}

// listed asks for a list of texts and returns the first of them up to a number, and how many there are.
func listed[L ~[]T, T ~string](s *Source, most int, ask func(promv1.API) (L, promv1.Warnings, error)) (texts []string, total int, err error) {
	client := &promClient{Source: s, limit: maxList, take: func(answer []byte) (rest []byte, err error) {
		texts, total, rest, err = takeTexts(s.client.Work, answer, most)
		return rest, err
	}}
	others, _, err := ask(promv1.NewAPI(client))
	for _, text := range others { // what could not be taken
		if total++; len(texts) < most {
			texts = append(texts, string(text))
		}
	}
	return texts, total, client.judge(err)
}

// seriesOf returns the series of a value. A scalar is one without labels.
func seriesOf(value model.Value) []series.Series {
	var all []series.Series
	switch v := value.(type) {
	case *model.Scalar:
		all = append(all, series.Series{Points: []model.SamplePair{{Timestamp: v.Timestamp, Value: v.Value}}})
	case model.Vector:
		for _, sample := range v {
			s := &model.SampleStream{Metric: sample.Metric}
			if sample.Histogram != nil {
				s.Histograms = []model.SampleHistogramPair{{Timestamp: sample.Timestamp, Histogram: sample.Histogram}}
			} else {
				s.Values = []model.SamplePair{{Timestamp: sample.Timestamp, Value: sample.Value}}
			}
			all = append(all, streamOf(s))
		}
	case model.Matrix:
		for _, stream := range v {
			all = append(all, streamOf(stream))
		}
	}
	return all
}

// streamOf returns a stream as a series.
func streamOf(stream *model.SampleStream) series.Series {
	s := series.Series{Labels: stream.Metric, Points: stream.Values}
	setHistograms(&s, stream.Histograms)
	return s
}

// Metadata is what a datasource knows of a metric: its type, its unit and what it is about.
type Metadata struct{ Type, Unit, Help string }

// Metadata returns what a Prometheus knows of its metrics, by their names; of a histogram by that without suffixes.
func (s *Source) Metadata(ctx context.Context) (map[string]Metadata, error) {
	ctx, done := context.WithCancel(ctx)
	defer done()
	var all map[string]Metadata
	client := &promClient{Source: s, take: func(answer []byte) (rest []byte, err error) {
		all, rest, err = takeMetadata(s.client.Work, answer)
		return rest, err
	}}
	known, err := promv1.NewAPI(client).Metadata(ctx, "", "")
	if err != nil {
		return nil, s.explain(client.judge(err))
	}
	for name, of := range known { // what could not be taken
		if len(of) > 0 {
			all[name] = Metadata{Type: string(of[0].Type), Unit: of[0].Unit, Help: of[0].Help}
		}
	}
	return all, nil
}

// LabelSets returns the labels of the series in a range that one of the matchers selects: of so many at the most, in no
// order. Not every datasource keeps to the limit.
func (s *Source) LabelSets(ctx context.Context, matchers []string, start, end time.Time, limit uint64) ([]model.LabelSet, error) {
	ctx, done := context.WithCancel(ctx)
	defer done()
	client := &promClient{Source: s, limit: maxList, take: func(answer []byte) ([]byte, error) {
		return answer, decodable(s.client.Work, answer, nil)
	}}
	sets, _, err := promv1.NewAPI(client).Series(ctx, matchers, start, end, promv1.WithLimit(limit))
	if err != nil {
		return nil, s.explain(client.judge(err))
	}
	return sets, nil
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
