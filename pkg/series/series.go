// Package series defines time series and calculations over one series.
package series

import "github.com/prometheus/common/model"

// Series is one time series, ordered by time. It has no points where there were no samples. Points may be NaN or infinite.
type Series struct {
	Name   string // its name in a legend
	Labels model.Metric
	Points []model.SamplePair
	// Histograms are the native histograms of the points, whose values are then the sums of the histograms. It is nil for a
	// series of floats.
	Histograms []model.SampleHistogramPair
}
