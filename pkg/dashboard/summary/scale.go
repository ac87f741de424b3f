package summary

import (
	"bytes"
	"encoding/json"
)

// scale is the level of detail of a summary.
type scale struct {
	text  int  // the maximum length of a query or another text in bytes; 0 to show their number instead
	title int  // the maximum length of a title in bytes; 0 for none
	unit  bool // show the units of panels
	kind  bool // show panel kinds
	lines int  // the maximum length of a list
	rows  int
}

const (
	maxText     = 600 // bytes
	metricsOnly = 60  // the length in bytes up to which the metrics of a PromQL query say more than its beginning
	minText     = 20  // bytes; a shorter text says nothing
	all         = 1 << 20
	// maxKey is the maximum length of a shown key or other name in bytes. Those of Perses have at most 75.
	maxKey = 100
)

// scales are tried in this order. They shorten queries first, then titles; then they omit queries, shorten titles again, and
// omit panel kinds and finally lines.
var scales = func() []scale {
	var scales []scale
	for text := maxText; text > metricsOnly; text = text * 9 / 10 {
		scales = append(scales, scale{text, 100, true, true, all, all})
	}
	for _, s := range [][2]int{{60, 60}, {50, 40}, {40, 40}, {40, 30}, {30, 30}} {
		scales = append(scales, scale{s[0], s[1], true, true, all, all})
	}
	for _, s := range [][2]int{{30, 30}, {30, 24}, {24, 24}, {minText, 24}, {minText, 20}, {minText, 16}, {minText, 12}, {0, 60}, {0, 40}, {0, 30}, {0, 24}, {0, 20}} {
		scales = append(scales, scale{s[0], s[1], false, true, all, all})
	}
	for _, title := range []int{40, 30, 24, 20, 16, 12, 8, 0} {
		scales = append(scales, scale{0, title, false, false, all, all})
	}
	for _, lines := range []int{100, 60, 40, 24, 12, 6, 3, 1, 0} {
		scales = append(scales, scale{0, 0, false, false, lines, 60})
	}
	return append(scales, scale{0, 0, false, false, 0, 24}, scale{0, 0, false, false, 0, 6}, scale{0, 0, false, false, 0, 0})
}()

// fit returns the summary at the first scale at which it has at most limit bytes, or at the last scale.
func (r *summarizer) fit(limit int) Summary {
	var o Summary
	const around = len(`"",`)
	keys := 0 // the minimum size of all lines
	for key := range r.Panels {
		keys += min(len(key), maxKey) + around
	}
	for _, list := range [][]line{r.variables, r.datasources, r.links} {
		for _, l := range list {
			keys += min(len(l.key), maxKey) + around
		}
	}
	keys += around*len(r.head.Tags) + len(`{"row":""},`)*len(r.rows)
	for _, s := range scales {
		if s.lines == all && keys > limit { // it cannot fit
			continue
		}
		if o = r.at(s); size(o) <= limit {
			break
		}
	}
	return o
}

func size(o Summary) int {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(o) // strings and numbers always encode
	return b.Len()
}
