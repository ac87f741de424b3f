package chart

import (
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/work"
)

// bucket is how many values a histogram has between two bounds, at a time.
type bucket struct {
	at           time.Time
	step         time.Duration
	lower, upper float64 // of a classic histogram: the number of its row, and the next
	count        float64
}

// buckets are those of a histogram, or of one at several times.
type buckets struct {
	cells  []bucket
	bounds []string // the upper bounds of the rows, of classic histograms alone
}

// bucketsOf returns the buckets of the panel: those of the first series that has native histograms, or else those of the
// series with the label le.
func bucketsOf(budget *work.Budget, p Panel) buckets {
	for _, query := range p.Queries {
		for _, s := range query.Series {
			if s.Histograms != nil {
				return buckets{cells: nativeCells(budget, s.Histograms, query.Step)}
			}
		}
	}
	return classicBuckets(budget, p)
}

func nativeCells(budget *work.Budget, histograms []model.SampleHistogramPair, step time.Duration) []bucket {
	var cells []bucket
	for _, at := range histograms {
		if at.Histogram == nil || !budget.Spend(20*len(at.Histogram.Buckets)) {
			continue
		}
		for _, b := range at.Histogram.Buckets {
			cells = append(cells, bucket{at.Timestamp.Time(), step, float64(b.Lower), float64(b.Upper), float64(b.Count)})
		}
	}
	return cells
}

// noHistograms says, as the UI does, that there is nothing to draw, and what there could be.
func (c canvas) noHistograms() {
	text := "No data available (this shows histograms: native ones, or classic ones with their label le)"
	c.message(text, textStyle{size: bodySize, color: c.colors.text})
}

// logBase returns the base of the panel's axis of buckets; 0 if that is not logarithmic.
func (p Panel) logBase(h buckets) float64 {
	base, _ := p.Number("logBase")
	if h.bounds != nil || base <= 1 {
		return 0
	}
	return base
}

// shown returns the buckets that an axis can show, and the range of their values and of their counts.
func (h buckets) shown(logBase float64) (cells []bucket, values, counts extent) {
	cells = make([]bucket, 0, len(h.cells))
	for _, cell := range h.cells {
		if logBase > 0 && cell.upper <= 0 {
			continue
		}
		if logBase > 0 && cell.lower <= 0 {
			cell.lower = cell.upper / 1000 // so that the bucket is seen
		}
		cells = append(cells, cell)
		values.add(cell.lower)
		values.add(cell.upper)
		counts.add(cell.count)
	}
	return cells, values, counts
}
