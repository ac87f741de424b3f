package query

import (
	"bytes"
	"math"
	"strconv"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/series"
)

// perBucket is the units of work for the memory of a bucket of a native histogram, beside those for its bytes.
const perBucket = 20

// histogram reads a time and a native histogram: [1767225600,{"count":"1","sum":"1","buckets":[[0,"1","2","1"]]}].
func (s *scan) histogram() model.SampleHistogramPair {
	h := &model.SampleHistogram{}
	s.want('[')
	at := s.time()
	s.want(',')
	var count, sum, listed bool
	s.object(func(key string) {
		switch {
		case key == "count" && !count:
			count, h.Count = true, model.FloatString(s.float())
		case key == "sum" && !sum:
			sum, h.Sum = true, model.FloatString(s.float())
		case key == "buckets" && !listed:
			listed, h.Buckets = true, s.histogramBuckets()
		default:
			s.lost = true
		}
	})
	s.want(']')
	s.lost = s.lost || !count || !sum
	return model.SampleHistogramPair{Timestamp: at, Histogram: h}
}

// histogramBuckets reads the buckets of one histogram, which share one allocation.
func (s *scan) histogramBuckets() model.HistogramBuckets {
	s.buckets = s.buckets[:0]
	s.array(func() {
		var b model.HistogramBucket
		s.want('[')
		s.space()
		if s.at == len(s.text) || s.text[s.at] < '0' || s.text[s.at] > '3' { // open or closed at either end
			s.lost = true
			return
		}
		b.Boundaries = int32(s.text[s.at] - '0')
		s.at++
		for _, bound := range []*model.FloatString{&b.Lower, &b.Upper, &b.Count} {
			s.want(',')
			*bound = model.FloatString(s.float())
		}
		s.want(']')
		s.buckets = append(s.buckets, b)
	})
	s.budget.Spend(perBucket * len(s.buckets))
	own := make([]model.HistogramBucket, len(s.buckets))
	pointers := make(model.HistogramBuckets, len(s.buckets))
	for i := range own {
		own[i] = s.buckets[i]
		pointers[i] = &own[i]
	}
	return pointers
}

// sums returns the sums of histograms as points.
func sums(histograms []model.SampleHistogramPair) []model.SamplePair {
	points := make([]model.SamplePair, 0, len(histograms))
	for _, h := range histograms {
		points = append(points, model.SamplePair{Timestamp: h.Timestamp, Value: model.SampleValue(h.Histogram.Sum)})
	}
	return points
}

// setHistograms gives a series without points its histograms. The points are then their sums, as in Perses' UI
// (plugins/prometheus get-time-series-data.ts); a series that has both is taken for one of numbers.
func setHistograms(s *series.Series, histograms []model.SampleHistogramPair) {
	if len(s.Points) == 0 && len(histograms) > 0 {
		s.Histograms, s.Points = histograms, sums(histograms)
	}
}

// float reads a number that is written as a text.
func (s *scan) float() float64 {
	written, plain := s.quoted()
	const short = 32 // bytes, which strconv reads in no time
	if len(written) > short {
		const ofByte = 10 // units, for the digits of a long number are shifted one by one
		s.budget.Spend(ofByte * len(written))
	}
	value, err := parseFloat(written)
	s.lost = s.lost || !plain || err != nil
	return value
}

// minNormal is the smallest number that has all its digits in a float64.
const minNormal = 0x1p-1022

// parseFloat is strconv.ParseFloat, which takes about 30 µs for a number such as 5e-324. Below minNormal, where a float64
// has few digits anyway, the last of them may differ here.
func parseFloat(written []byte) (float64, error) {
	const small = -250 // an exponent from which on the number may be below minNormal
	if i := bytes.IndexAny(written, "eE"); i > 0 && len(written) > i+3 && written[i+1] == '-' {
		power, err := strconv.Atoi(string(written[i+1:]))
		mantissa, badMantissa := strconv.ParseFloat(string(written[:i]), 64)
		factor := math.Pow10(power - small)
		if err == nil && badMantissa == nil && power <= small && factor > 0 && !math.IsInf(mantissa, 0) {
			if value := mantissa * math.Pow10(small) * factor; math.Abs(value) < minNormal {
				return value, nil
			}
		}
	}
	return strconv.ParseFloat(string(written), 64)
}
