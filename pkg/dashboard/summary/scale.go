package summary

import (
	"bytes"
	"encoding/json"
)

// scale is how much is said of everything.
type scale struct {
	text  int  // bytes of a query or another text; 0 to count them instead
	title int  // bytes of a title; 0 for none
	unit  bool // of panels
	about bool // charts
	lines int  // of a list
	rows  int
}

const (
	longest = 600 // bytes of a text, where there is room
	metrics = 60  // from where on of PromQL what it selects says more than its begin
	least   = 20  // bytes of a text where there is not: less says nothing
	all     = 1 << 20
	// maxKey is how long a key or another name is shown. Those of Perses have at most 75 bytes.
	maxKey = 100
)

// scales are those that are tried, from the most that is said to the least: queries are shortened first, then titles; then
// queries are left out, titles again shortened, charts left out, and in the end lines.
var scales = func() []scale {
	var scales []scale
	for text := longest; text > metrics; text = text * 9 / 10 {
		scales = append(scales, scale{text, 100, true, true, all, all})
	}
	for _, s := range [][2]int{{60, 60}, {50, 40}, {40, 40}, {40, 30}, {30, 30}} {
		scales = append(scales, scale{s[0], s[1], true, true, all, all})
	}
	for _, s := range [][2]int{{30, 30}, {30, 24}, {24, 24}, {least, 24}, {least, 20}, {least, 16}, {least, 12}, {0, 60}, {0, 40}, {0, 30}, {0, 24}, {0, 20}} {
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

// fit returns the outline at the first scale at which it has at most so many bytes, or at the last one.
func (r *reader) fit(most int) Summary {
	var o Summary
	const around = len(`"",`)
	keys := 0 // bytes of the names alone
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
		if s.lines == all && keys > most { // so there is no need to try
			continue
		}
		if o = r.at(s); size(o) <= most {
			break
		}
	}
	return o
}

func size(o Summary) int {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(o) // it has nothing but texts and numbers
	return b.Len()
}
