package persestest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/prompb"
)

// Series are samples of one metric with the same labels.
type Series struct {
	Name    string // of the metric
	Labels  map[string]string
	Samples []Sample
}

// Sample is a value at a time, with millisecond precision.
type Sample struct {
	Time      time.Time
	Value     float64                   // math.Float64frombits(value.StaleNaN) ends the series until the next sample
	Histogram *histogram.FloatHistogram // used instead of Value, if not nil
}

// Samples returns samples of the values: the first at start, each other a step later.
func Samples(start time.Time, step time.Duration, values ...float64) []Sample {
	var samples []Sample
	for i, v := range values {
		samples = append(samples, Sample{Time: start.Add(time.Duration(i) * step), Value: v})
	}
	return samples
}

// Write writes samples to Prometheus by remote write. Queries see them when it returns. They may have any time in the last twenty
// years, in any order; Prometheus before 3.0 accepts histograms only from the last hour and in order.
func (p *Prometheus) Write(ctx context.Context, series ...Series) error {
	var request prompb.WriteRequest
	for _, s := range series {
		request.Timeseries = append(request.Timeseries, s.encode())
	}
	encoded, err := request.Marshal()
	if err != nil {
		return err
	}
	header := http.Header{
		"Content-Type":                      {"application/x-protobuf"},
		"Content-Encoding":                  {"snappy"},
		"X-Prometheus-Remote-Write-Version": {"0.1.0"},
	}
	_, err = send(ctx, http.MethodPost, p.URL+"/api/v1/write", header, bytes.NewReader(snappy.Encode(nil, encoded)))
	if err != nil {
		return fmt.Errorf("write to Prometheus: %w", err)
	}
	return nil
}

// encode returns the remote write message of the series. Labels must be sorted.
func (s Series) encode() prompb.TimeSeries {
	labels := maps.Clone(s.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels["__name__"] = s.Name
	var encoded prompb.TimeSeries
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		encoded.Labels = append(encoded.Labels, prompb.Label{Name: name, Value: labels[name]})
	}
	for _, sample := range s.Samples {
		at := sample.Time.UnixMilli()
		if sample.Histogram != nil {
			encoded.Histograms = append(encoded.Histograms, prompb.FromFloatHistogram(at, sample.Histogram))
		} else {
			encoded.Samples = append(encoded.Samples, prompb.Sample{Timestamp: at, Value: sample.Value})
		}
	}
	return encoded
}
