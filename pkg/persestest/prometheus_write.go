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

// Sample is a value at a time, which Prometheus keeps to the millisecond.
type Sample struct {
	Time      time.Time
	Value     float64                   // a math.Float64frombits(value.StaleNaN) ends the series until the next sample
	Histogram *histogram.FloatHistogram // in the place of Value, if not nil
}

// Samples are samples of these values, the first one at start and each of the others a step later than the one before.
func Samples(start time.Time, step time.Duration, values ...float64) []Sample {
	var samples []Sample
	for i, v := range values {
		samples = append(samples, Sample{Time: start.Add(time.Duration(i) * step), Value: v})
	}
	return samples
}

// Write puts the samples into Prometheus by its remote write. When it returns, queries see them. They can be of any time in
// the last twenty years and come in any order; an old Prometheus, before 3.0, takes histograms only from the last hour and
// in the order of time.
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

// encode makes the message that remote write has for it. Prometheus relies on the labels being sorted.
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
