// Package series holds time series as datasources give them, and what is calculated from one.
package series

import "github.com/prometheus/common/model"

// Series is one time series, in the order of its timestamps. There is no point where there was no sample; a
// point may be NaN or infinite.
type Series struct {
	Name   string // as a legend shows it
	Labels model.Metric
	Points []model.SamplePair
	// Histograms are native histograms, one for each point, which then is the sum of its histogram; nil for
	// plain numbers.
	Histograms []model.SampleHistogramPair
}
