package series

import (
	"math"

	"github.com/prometheus/common/model"
)

// Summary summarizes the points of a series that are not NaN.
type Summary struct {
	First, Last, Min, Max, Mean float64 // 0 if Count is 0
	Count                       int     // points that are not NaN
	NaN                         int     // points that are NaN
}

// Summarize returns the summary of points. Infinities are not ignored; the mean of +Inf and -Inf is NaN.
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
