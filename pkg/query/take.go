package query

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work"
)

// The client of Prometheus reads all of an answer three times and copies it twice, which is most of what a dashboard costs,
// and several times the memory of the answer. So what makes answers large is taken out of them first. What is not written
// as Prometheus and Loki write it is left to the client.

const (
	// maxSeries is how many series or lines an answer has at the most: the labels of each take some hundred bytes.
	maxSeries = 100_000
	// maxTexts is how many names or values are kept of a list: each takes some dozens of bytes beside its own.
	maxTexts = 300_000
	// maxText is how many bytes these have together.
	maxText = 16 << 20
	// maxList is how many bytes of a list are read: somewhat more than those of all that is kept of one.
	maxList = maxText + 4<<20
	// maxDecoded is how many bytes are left to a client, which takes several times as much memory.
	maxDecoded = 16 << 20
	// maxDecodedValues is how many values, counted by what separates them: each takes up to a hundred bytes, such as an
	// empty object in the place of a series.
	maxDecodedValues = 1 << 20
)

// tooMuch is the error of an answer of which there is no room for all.
type tooMuch string

// IsTooMuch reports whether an error says that a datasource answered with more than is read.
func IsTooMuch(err error) bool { return errors.As(err, new(tooMuch)) || perses.IsTooLarge(err) }

func (e tooMuch) Error() string { return string(e) }

// takeResult takes the series or the lines of a log out of the answer to a query, and returns what is left of the answer: the
// same without them.
func takeResult(budget *work.Budget, answer []byte) (a Answer, rest []byte, err error) {
	s := scan{budget: budget, text: answer}
	rest, taken := s.answer("[]", func() (start, end int) {
		kind := ""
		s.object(func(key string) {
			switch {
			case key == "resultType" && start == 0:
				kind = s.string()
			case key == "result" && start == 0 && (kind == "matrix" || kind == "vector" || kind == "streams"):
				s.space()
				start = s.at
				s.array(func() {
					if len(a.Series) == maxSeries {
						s.fail(tooMuch(fmt.Sprintf("its answer has more than the %d series that are read", maxSeries)))
					} else if kind == "streams" {
						s.entries(&a)
					} else {
						a.Series = append(a.Series, s.stream(kind == "vector", a.Series))
					}
				})
				end = s.at
			default:
				s.lost = s.lost || strings.HasPrefix(strings.ToLower(key), "result")
				s.skip()
			}
		})
		return start, end
	})
	if !taken {
		a = Answer{}
	}
	slices.SortStableFunc(a.Entries, func(a, b Entry) int { return b.Time.Compare(a.Time) })
	if err = decodable(budget, rest, s.err); err == nil && !budget.Spend(leftByte*len(rest)) {
		err = budget.Err()
	}
	return a, rest, err
}

// leftByte is the units of work for a byte of the answer to a query that is left to the client. No datasource is known to
// write a large one in such a form, and the client takes up to 30 µs for one number.
const leftByte = 100

// decodable returns an error if what is left of an answer is too large for a client to be read, and spends for that.
func decodable(budget *work.Budget, rest []byte, err error) error {
	switch {
	case err != nil:
		return err
	case len(rest) > maxDecoded:
		return tooMuch(fmt.Sprintf("its answer is larger than the %d MiB that are read of one in this form", maxDecoded>>20))
	case !budget.Spend(2 * len(rest)):
		return budget.Err()
	case len(rest) > maxDecodedValues && bytes.Count(rest, []byte{','})+bytes.Count(rest, []byte{'{'})+bytes.Count(rest, []byte{'['}) > maxDecodedValues:
		return tooMuch(fmt.Sprintf("its answer has more than the %d values that are read of one in this form", maxDecodedValues))
	}
	if n := gjson.GetBytes(rest, "data.result.#").Int(); n > maxSeries {
		return tooMuch(fmt.Sprintf("its answer has more than the %d series that are read", maxSeries))
	}
	return nil
}

// The units of work for the memory of a series, of one of its labels and points, and of a name or value of a list.
const perSeries, perLabel, perPoint, perText = 100, 10, 4, 20

// stream reads a series with its points, or in a vector with one. Those before it tell how many there may be.
func (s *scan) stream(vector bool, before []series.Series) (one series.Series) {
	seen := 0
	var histograms []model.SampleHistogramPair
	s.object(func(key string) {
		seen++
		switch {
		case key == "metric" && one.Labels == nil:
			one.Labels = model.Metric{}
			s.object(func(name string) {
				s.lost = s.lost || !model.UTF8Validation.IsValidLabelName(name)
				one.Labels[model.LabelName(name)] = model.LabelValue(s.common())
			})
		case key == "value" && vector && one.Points == nil:
			one.Points = []model.SamplePair{s.point()}
		case key == "values" && !vector && one.Points == nil:
			// A series without points among long ones must not take their memory.
			if len(before) > 0 && s.wasted < 1<<16 {
				one.Points = make([]model.SamplePair, 0, len(before[len(before)-1].Points))
			}
			s.array(func() { one.Points = append(one.Points, s.point()) })
			s.wasted += cap(one.Points) - len(one.Points)
			s.lost = s.lost || len(one.Points) == 0
		case key == "histogram" && vector && histograms == nil:
			histograms = []model.SampleHistogramPair{s.histogram()}
		case key == "histograms" && !vector && histograms == nil:
			s.array(func() { histograms = append(histograms, s.histogram()) })
		default:
			s.lost = true
		}
	})
	s.lost = s.lost || one.Labels == nil || len(one.Points)+len(histograms) == 0 || seen > 2 && histograms == nil || vector && seen > 2
	setHistograms(&one, histograms)
	s.budget.Spend(perSeries + perLabel*len(one.Labels) + perPoint*len(one.Points))
	return one
}

// point reads a time in seconds and a value: [1767225600.25,"1.5"].
func (s *scan) point() (p model.SamplePair) {
	s.want('[')
	p.Timestamp = s.time()
	s.want(',')
	p.Value = model.SampleValue(s.float())
	s.want(']')
	return p
}

// time reads seconds with at most three digits behind the point.
func (s *scan) time() model.Time {
	s.space()
	first := s.at
	digits, behind, point := 0, 0, false
	var ms int64
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c >= '0' && c <= '9':
			ms = 10*ms + int64(c-'0')
			digits++
			if point {
				behind++
			}
			continue
		case c == '.' && !point && digits > 0:
			point = true
			continue
		}
		break
	}
	padded := digits-behind > 1 && s.text[first] == '0' // which no number in JSON is
	s.lost = s.lost || padded || digits == 0 || digits > 15 || behind > 3 || point && behind == 0
	for ; behind < 3; behind++ {
		ms *= 10
	}
	return model.Time(ms)
}

// entries reads the lines of a stream of Loki. With newer versions each has more than its time in nanoseconds and its text.
func (s *scan) entries(a *Answer) {
	first := len(a.Entries)
	labels := map[string]string{}
	s.object(func(key string) {
		switch key {
		case "stream":
			s.object(func(name string) { labels[name] = s.common() })
		case "values":
			s.array(func() {
				if len(a.Entries) == maxSeries {
					s.fail(tooMuch(fmt.Sprintf("its answer has more than the %d lines that are read", maxSeries)))
					return
				}
				s.want('[')
				ns, err := strconv.ParseInt(s.string(), 10, 64)
				s.want(',')
				a.Entries = append(a.Entries, Entry{Time: time.Unix(0, ns).UTC(), Fields: []Field{{"line", s.string()}}})
				for s.next(',') {
					s.skip()
				}
				s.want(']')
				s.lost = s.lost || err != nil
			})
		default:
			s.skip()
		}
	})
	for i := range a.Entries[first:] {
		a.Entries[first+i].Labels = labels
	}
}

// takeTexts takes a list of texts out of an answer, the first of them up to a number, counts all of them, and returns what
// is left of the answer.
func takeTexts(budget *work.Budget, answer []byte, most int) (texts []string, total int, rest []byte, err error) {
	s := scan{budget: budget, text: answer}
	size := 0
	rest, taken := s.answer("[]", func() (start, end int) {
		s.space()
		start = s.at
		s.array(func() {
			if total++; len(texts) == maxTexts {
				s.fail(tooMuch(fmt.Sprintf("its answer has more than the %d values that are read", maxTexts)))
			} else if len(texts) < most {
				s.budget.Spend(perText)
				texts = append(texts, s.string())
				if size += len(texts[len(texts)-1]); size > maxText {
					s.fail(tooMuch(fmt.Sprintf("the values of its answer have more than the %d MiB that are read", maxText>>20)))
				}
			} else {
				s.quoted()
			}
		})
		return start, s.at
	})
	if !taken {
		texts, total = nil, 0
	}
	return texts, total, rest, decodable(budget, rest, s.err)
}

// takeMetadata takes out of an answer what is known of metrics, of each the first that there is, and returns what is left of
// the answer.
func takeMetadata(budget *work.Budget, answer []byte) (known map[string]Metadata, rest []byte, err error) {
	s := scan{budget: budget, text: answer}
	known = map[string]Metadata{}
	rest, taken := s.answer("{}", func() (start, end int) {
		s.space()
		start = s.at
		s.object(func(name string) {
			first := true
			s.array(func() {
				m := Metadata{}
				s.object(func(key string) {
					switch key {
					case "type":
						m.Type = s.common()
					case "unit":
						m.Unit = s.common()
					case "help":
						m.Help = s.string()
					default:
						s.skip()
					}
				})
				if first {
					known[name], first = m, false
				}
			})
		})
		return start, s.at
	})
	if !taken {
		known = map[string]Metadata{}
	}
	return known, rest, decodable(budget, rest, s.err)
}
