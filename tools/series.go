package tools

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/series"
)

type oneSeries = series.Series

// number is a value as a model reads it: with no more digits than say something, but all of those before the point; what
// JSON has no number for is a text: "NaN", "+Inf", "-Inf".
type number struct {
	value  float64
	digits int // that count
}

const (
	exactDigits = 12 // of a value that was asked for
	roughDigits = 6  // of what sums a series up
	pointDigits = 4  // of a point among many
)

func precisely(v float64) *number { return &number{v, exactDigits} }
func roughly(v float64) *number   { return &number{v, roughDigits} }

// MarshalJSON encodes the number.
func (n number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(n.value) || math.IsInf(n.value, 0) {
		return []byte(strconv.Quote(model.SampleValue(n.value).String())), nil
	}
	size := math.Abs(n.value)
	if size >= math.Pow10(n.digits) && size <= 1<<53 {
		return strconv.AppendFloat(nil, math.Round(n.value), 'f', -1, 64), nil
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(n.value, 'g', n.digits, 64), 64)
	if err != nil {
		return nil, err
	}
	if size >= 1e-6 && size < 1e15 || size == 0 {
		return strconv.AppendFloat(nil, rounded, 'f', -1, 64), nil
	}
	return strconv.AppendFloat(nil, rounded, 'g', -1, 64), nil
}

// lastOf returns the last value of a series, NaN if it has none.
func lastOf(s oneSeries) float64 {
	if len(s.Points) == 0 {
		return math.NaN()
	}
	return float64(s.Points[len(s.Points)-1].Value)
}

const (
	// maxLabel and maxLine are how many bytes of a label's value and of a line are shown.
	maxLabel = 200
	maxLine  = 1000
)

// labelsOf returns the labels of a series.
func labelsOf(m model.Metric) map[string]string {
	labels := make(map[string]string, len(m))
	for name, value := range m {
		labels[string(name)] = string(value)
	}
	return clipped(labels)
}

// clipped returns labels with values of a length that a model can bear.
func clipped(labels map[string]string) map[string]string {
	short := make(map[string]string, len(labels))
	for name, value := range labels {
		short[query.Clip(name, maxLabel)] = query.Clip(value, maxLabel)
	}
	return short
}

const (
	// allPoints is how many points an answer has in all, and maxPoints how many one series has: enough to see its course.
	allPoints = 400
	maxPoints = 60
	// fewPoints is what is not worth its bytes.
	fewPoints = 5
)

// summaries sums up the series of a range, those that vary most first, then those with the largest last value, and adds
// some points of each of them. It also says which points these are.
func summaries(all []oneSeries, r query.Range, shown int) (items []dataItem, which string) {
	type summed struct {
		of  oneSeries
		sum series.Summary
	}
	sums := make([]summed, len(all))
	for i, s := range all {
		sums[i] = summed{s, series.Summarize(s.Points)}
	}
	slices.SortStableFunc(sums, func(x, y summed) int {
		return cmp.Or(descending(x.sum.Max-x.sum.Min, y.sum.Max-y.sum.Min), descending(x.sum.Last, y.sum.Last))
	})
	places := int(r.End.Sub(r.Start)/r.Step) + 1
	wanted := min(maxPoints, allPoints/max(shown, 1))
	every := 1
	for wanted > 0 && (places+every-1)/every > wanted {
		every++
	}
	withPoints := wanted >= fewPoints
	for _, s := range sums[:shown] {
		item := dataItem{Labels: labelsOf(s.of.Labels), NaN: s.sum.NaN}
		if s.sum.Count > 0 {
			item.Last, item.Min, item.Max, item.Mean = roughly(s.sum.Last), roughly(s.sum.Min), roughly(s.sum.Max), roughly(s.sum.Mean)
		}
		if n := len(s.of.Points); n > 0 && r.End.Sub(s.of.Points[n-1].Timestamp.Time()) >= 2*r.Step {
			item.LastAt = query.FormatTime(s.of.Points[n-1].Timestamp.Time())
		}
		if n := len(s.of.Histograms); n > 0 {
			item.Histogram = histogramOf(s.of.Histograms[n-1].Histogram)
		}
		if withPoints {
			item.Points = pointsOf(s.of.Points, r, every, places)
		}
		items = append(items, item)
	}
	if withPoints {
		which = fmt.Sprintf("one every %s from start, null where there is no sample", query.FormatDuration(time.Duration(every)*r.Step))
	}
	return items, which
}

// pointsOf returns every so manieth point of a range, nil for those that are missing.
func pointsOf(points []model.SamplePair, r query.Range, every, places int) []*number {
	shown := make([]*number, (places+every-1)/every)
	for _, p := range points {
		at := int(math.Round(float64(p.Timestamp.Time().Sub(r.Start)) / float64(r.Step)))
		if at >= 0 && at < places && at%every == 0 {
			shown[at/every] = &number{float64(p.Value), pointDigits}
		}
	}
	return shown
}

// histogram is what there is to say of a native histogram.
type histogram struct {
	Count *number `json:"count"`
	Sum   *number `json:"sum"`
	// Quantiles are upper bounds of the buckets in which they lie; histogram_quantile has better ones.
	Quantiles map[string]*number `json:"quantiles_at_most,omitempty"`
	Buckets   int                `json:"buckets"`
}

func histogramOf(h *model.SampleHistogram) *histogram {
	of := &histogram{Count: precisely(float64(h.Count)), Sum: precisely(float64(h.Sum)), Buckets: len(h.Buckets)}
	for _, q := range []float64{0.5, 0.9, 0.99} {
		var below float64
		for _, b := range h.Buckets {
			below += float64(b.Count)
			if below >= q*float64(h.Count) && h.Count > 0 {
				if of.Quantiles == nil {
					of.Quantiles = map[string]*number{}
				}
				of.Quantiles[strconv.FormatFloat(q, 'g', -1, 64)] = roughly(float64(b.Upper))
				break
			}
		}
	}
	return of
}
