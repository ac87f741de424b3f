package query_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"testing"

	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work"
)

// given is a connection to a Prometheus that always gives the same answer.
type given string

func (g given) URL(string, map[string]string) *url.URL { return &url.URL{} }

func (g given) Do(context.Context, *http.Request) (*http.Response, []byte, error) {
	return &http.Response{StatusCode: http.StatusOK}, []byte(g), nil
}

// byClient reads an answer with the client of Prometheus.
func byClient(answer string) ([]series.Series, error) {
	value, _, err := promv1.NewAPI(given(answer)).QueryRange(context.Background(), "", promv1.Range{})
	if err != nil {
		return nil, err
	}
	return query.SeriesOf(value), nil
}

// matrices are answers, and how many series are taken out of them; what is not, is left to the client.
var matrices = map[string]int{
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},"values":[[1767225600,"1"],[1767225600.25,"-2.5e-7"],[1767225601.5,"NaN"]]},{"metric":{},"values":[[0,"+Inf"]]}]}}`:              2,
	"{ \"status\" : \"success\", \"isPartial\":false,\n\"data\":{\"resultType\":\"matrix\",\"result\":[ { \"metric\" : {\"a\":\"\\u00e4\\\"\"} , \"values\" : [ [ 1 , \"1\" ] ] } ] , \"stats\":{\"a\":[1]}}, \"warnings\":[\"]\"] }\n": 1,
	`{"status":"success","data":{"resultType":"matrix","result":[]}}`:                                                                                                        0,
	`{"status":"success","data":{"resultType":"matrix","result":[{"values":[[1,"1"]],"metric":{"a":"b"}}]}}`:                                                                 1,
	`{"status":"success","data":{"result":[{"metric":{},"values":[[1,"1"]]}],"resultType":"matrix"}}`:                                                                        0,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]],"histograms":[[1,{"count":"1","sum":"1","buckets":[[0,"1","2","1"]]}]]}]}}`: 1,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"histograms":[[1,{"count":"1","sum":"1","buckets":[[0,"1","2","1"]]}]]}]}}`:                    1,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]},{"metric":{},"values":[]}]}}`:                                              0,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1.0005,"1"]]}]}}`:                                                                   0,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"one"]]}]}}`:                                                                      0,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]}]},"data":{"resultType":"matrix","result":[]}}`:                             0,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]}],"resultType":"vector"}}`:                                                  0,
	`{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b","a":"c"},"value":[1,"1"]},{"metric":{},"value":[2.5,"NaN"]}]}}`:                          2,
	`{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1","sum":"1","buckets":[[0,"1","2","1"]]}]}]}}`:                       1,
	`{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"values":[[1,"1"]]}]}}`:                                                                        0,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]}],"stats":{"a":[1,{"b":"\\\"]"}]}}}`:                                        1,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":1},"values":[[1,"1"]]}]}}`:                                                                   0,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]}`:                                                                           0,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"":""},"values":[[1,"1"]]}]}}`:                                                                   0,
	`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[01,"1"]]}]}}`:                                                                       0,
	`{"status":"error","error":"no","errorType":"bad_data"}`:                                                                                                                 0,
	`null`: 0, ``: 0,
}

func TestMatricesAreTaken(t *testing.T) {
	for answer, want := range matrices {
		taken, _, err := query.TakeResult(work.New(t.Context(), work.Max), []byte(answer))
		if err != nil || len(taken.Series) != want {
			t.Errorf("%s: got %d series, %v, want %d", answer, len(taken.Series), err, want)
		}
		sameAsByClient(t, answer)
	}
}

// sameAsByClient holds what is taken out of an answer, with what the client makes of the rest, to what the client makes of
// all of it.
func sameAsByClient(t *testing.T, answer string) {
	t.Helper()
	budget := work.New(t.Context(), work.Max)
	taken, rest, err := query.TakeResult(budget, []byte(answer))
	if used := budget.Used(); err != nil || used > int64(110*len(answer)) {
		t.Fatalf("%q: %d units were used, %v", answer, used, err)
	}
	got, err := byClient(string(rest))
	want, wantErr := byClient(answer)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: got error %v, want %v", answer, err, wantErr)
	}
	if got = append(taken.Series, got...); err == nil && !reflect.DeepEqual(printed(got), printed(want)) {
		t.Fatalf("%q:\n got %v\nwant %v", answer, got, want)
	}
}

// printed makes series comparable that have values which are not equal to themselves.
func printed(all []series.Series) (texts []string) {
	for _, s := range all {
		text := s.Labels.String()
		for _, p := range s.Points {
			text += " " + p.String()
		}
		for _, h := range s.Histograms {
			text += fmt.Sprintf(" %+v", h)
		}
		texts = append(texts, text)
	}
	return texts
}

func FuzzMatricesAreTaken(f *testing.F) {
	for answer := range matrices {
		f.Add(answer)
	}
	f.Fuzz(sameAsByClient)
}
