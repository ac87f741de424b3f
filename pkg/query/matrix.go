package query

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/series"
)

// takeMatrix takes the series out of the answer to a range query, and returns what is left of the answer: the same with
// no series. The client of Prometheus reads all of an answer three times and copies it twice, which is most of what a
// dashboard costs. What is not written as Prometheus writes it, such as histograms, is left to the client: the rest is
// then the whole answer.
func takeMatrix(answer []byte) (all []series.Series, rest []byte) {
	s := scan{text: answer}
	start, end := 0, 0
	isMatrix := false
	s.object(func(key string) {
		if key != "data" || start > 0 {
			s.lost = s.lost || strings.EqualFold(key, "data") // which the client takes for the same
			s.skip()
			return
		}
		s.object(func(key string) {
			switch {
			case key == "resultType" && start == 0:
				isMatrix = string(s.string()) == "matrix"
			case key == "result" && isMatrix && start == 0:
				start = s.at
				s.array(func() { all = append(all, s.stream(all)) })
				end = s.at
			default:
				s.lost = s.lost || strings.HasPrefix(strings.ToLower(key), "result")
				s.skip()
			}
		})
	})
	s.space()
	if s.lost || s.at != len(answer) || start == 0 {
		return nil, answer
	}
	return all, slices.Concat(answer[:start], []byte("[]"), answer[end:])
}

// scan reads JSON from its beginning to its end. What it does not expect makes it lost, and from then on it reads nothing.
type scan struct {
	text []byte
	at   int
	lost bool
}

func (s *scan) space() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\n' || s.text[s.at] == '\r' || s.text[s.at] == '\t') {
		s.at++
	}
}

// next tells whether the next character is this one, and passes it if so.
func (s *scan) next(c byte) bool {
	s.space()
	if s.lost || s.at == len(s.text) || s.text[s.at] != c {
		return false
	}
	s.at++
	return true
}

func (s *scan) want(c byte) { s.lost = !s.next(c) || s.lost }

// list visits what stands between two brackets.
func (s *scan) list(open, end byte, visit func()) {
	s.want(open)
	if s.next(end) {
		return
	}
	for !s.lost {
		visit()
		if s.next(end) {
			return
		}
		s.want(',')
	}
}

func (s *scan) array(visit func()) { s.list('[', ']', visit) }

func (s *scan) object(visit func(key string)) {
	s.list('{', '}', func() {
		key := string(s.string())
		s.want(':')
		visit(key)
	})
}

// string reads a text that has no escapes.
func (s *scan) string() []byte {
	if s.want('"'); s.lost {
		return nil
	}
	length := bytes.IndexByte(s.text[s.at:], '"')
	if length < 0 || bytes.IndexByte(s.text[s.at:s.at+length], '\\') >= 0 {
		s.lost = true
		return nil
	}
	text := s.text[s.at : s.at+length]
	s.at += length + 1
	return text
}

// skip passes a value of any kind, and returns it.
func (s *scan) skip() json.RawMessage {
	if s.space(); s.lost {
		return nil
	}
	var value json.RawMessage
	decoder := json.NewDecoder(bytes.NewReader(s.text[s.at:]))
	if err := decoder.Decode(&value); err != nil {
		s.lost = true
	}
	s.at += int(decoder.InputOffset())
	return value
}

// stream reads a series with its points. Those before it tell how many there may be.
func (s *scan) stream(before []series.Series) (one series.Series) {
	seen := 0
	s.object(func(key string) {
		seen++
		switch {
		case key == "metric" && one.Labels == nil:
			var labels model.LabelSet // which knows what a name of a label is
			s.lost = json.Unmarshal(s.skip(), &labels) != nil || labels == nil || s.lost
			one.Labels = model.Metric(labels)
		case key == "values" && one.Points == nil:
			if len(before) > 0 {
				one.Points = make([]model.SamplePair, 0, len(before[len(before)-1].Points))
			}
			s.array(func() { one.Points = append(one.Points, s.point()) })
		default:
			s.lost = true
		}
	})
	s.lost = s.lost || seen != 2 || len(one.Points) == 0
	return one
}

// point reads a time in seconds and a value: [1767225600.25,"1.5"].
func (s *scan) point() (p model.SamplePair) {
	s.want('[')
	p.Timestamp = s.time()
	s.want(',')
	value, err := strconv.ParseFloat(string(s.string()), 64)
	s.lost = s.lost || err != nil
	p.Value = model.SampleValue(value)
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
