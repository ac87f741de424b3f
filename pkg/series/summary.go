package series

import (
	"math"

	"github.com/prometheus/common/model"
)

// Summary is what there is to say of a series in a few numbers. Points that are NaN count only as such.
type Summary struct {
	First, Last, Min, Max, Mean float64 // 0 if Count is
	Count                       int     // of the points that are numbers
	NaN                         int     // of those that are not
}

// Summarize reads the points once. Infinities are numbers; the mean of both is NaN.
func Summarize(points []model.SamplePair) Summary {
	var s Summary
	var sum float64
	for _, p := range points {
		value := float64(p.Value)
		if math.IsNaN(value) {
			s.NaN++
			continue
		}
		if s.Count == 0 {
			s.First, s.Min, s.Max = value, value, value
		}
		s.Count++
		s.Last, s.Min, s.Max = value, min(s.Min, value), max(s.Max, value)
		sum += value
	}
	if s.Count > 0 {
		s.Mean = sum / float64(s.Count)
	}
	return s
}
