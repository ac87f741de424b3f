package chart

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/work"
)

// costOfCell is what a cell of a classic histogram costs: it is put into two maps, one of them sorted.
const costOfCell = 80

// costOfOddBound is what it may cost to read a bound such as 5e-324, or one with many digits.
const costOfOddBound = 3000

// classicBuckets returns the buckets of the series that have a label le. Such series count all values up to their bound,
// so a bucket is what its series counts more than the one below. Several histograms are added up.
func classicBuckets(budget *work.Budget, p Panel) buckets {
	counts := map[float64]map[model.Time]float64{} // by bound and time
	var step time.Duration
	for _, query := range p.Queries {
		for _, s := range query.Series {
			written := string(s.Labels[model.BucketLabel])
			if written == "" {
				continue
			}
			if (len(written) > 32 || strings.ContainsAny(written, "eE")) && !budget.Spend(costOfOddBound) {
				return buckets{}
			}
			bound, err := strconv.ParseFloat(written, 64)
			if err != nil || math.IsNaN(bound) {
				continue
			}
			if !budget.Spend(costOfCell * len(s.Points)) {
				return buckets{}
			}
			step = max(step, query.Step)
			if counts[bound] == nil {
				counts[bound] = map[model.Time]float64{}
			}
			for _, at := range s.Points {
				if value := float64(at.Value); !math.IsNaN(value) {
					counts[bound][at.Timestamp] += value
				}
			}
		}
	}
	if len(counts) == 0 {
		return buckets{}
	}
	data := buckets{}
	format := p.Format()
	below := map[model.Time]float64{}
	for row, bound := range slices.Sorted(maps.Keys(counts)) {
		label := "+Inf" // of which units would make centuries
		if !math.IsInf(bound, 0) {
			label = format.Text(bound)
		}
		data.bounds = append(data.bounds, label)
		for _, at := range slices.Sorted(maps.Keys(counts[bound])) {
			count := max(counts[bound][at]-below[at], 0) // which is not sharp while a scrape is under way
			below[at] = max(counts[bound][at], below[at])
			data.cells = append(data.cells, bucket{at.Time(), step, float64(row), float64(row + 1), count})
		}
	}
	return data
}
