package query

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/work"
)

// scan reads JSON from its beginning to its end. What it does not expect makes it lost, and from then on it reads nothing.
// It spends from the budget for what it reads, and is lost when that is spent.
type scan struct {
	budget *work.Budget
	text   []byte
	at     int
	lost   bool
	err    error // why the answer must not be read in another way either
	paid   int   // the bytes that are spent for

	seen   map[string]string // texts that come again and again, such as the names of labels
	wasted int               // points that were allocated and not needed

	buckets []model.HistogramBucket // of the histogram that is read
}

const (
	// bytesPerUnit is how many bytes are read for one unit of work.
	bytesPerUnit = 2
	// bytesAtOnce is how many bytes are read between two payments.
	bytesAtOnce = 1 << 12
)

// fail ends the scan with an error.
func (s *scan) fail(err error) {
	if s.err == nil {
		s.err = err
	}
	s.lost = true
}

// pay spends for what was read since the last payment, if that is worth it.
func (s *scan) pay() {
	if read := s.at - s.paid; read >= bytesAtOnce {
		s.paid = s.at
		if !s.budget.Spend(read / bytesPerUnit) {
			s.fail(s.budget.Err())
		}
	}
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
		s.pay()
		if s.next(end) {
			return
		}
		s.want(',')
	}
}

func (s *scan) array(visit func()) { s.list('[', ']', visit) }

func (s *scan) object(visit func(key string)) {
	s.list('{', '}', func() {
		key := s.common()
		s.want(':')
		visit(key)
	})
}

// quoted reads a text and returns it as it is written. It is plain if it is written with nothing but printable ASCII and
// without escapes.
func (s *scan) quoted() (written []byte, plain bool) {
	if s.want('"'); s.lost {
		return nil, false
	}
	first := s.at
	plain = true
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return s.text[first : s.at-1], plain
		case c == '\\':
			s.at++
			plain = false
		case c < ' ' || c >= utf8.RuneSelf:
			plain = false
		}
	}
	s.lost = true
	return nil, false
}

// string reads a text.
func (s *scan) string() (text string) {
	written, plain := s.quoted()
	if plain || s.lost {
		return string(written)
	}
	s.lost = json.Unmarshal(s.text[s.at-len(written)-len(`""`):s.at], &text) != nil
	return text
}

// maxCommon is how many texts are remembered.
const maxCommon = 10_000

// common is string for a text that may have come before, and then shares its memory.
func (s *scan) common() string {
	written, plain := s.quoted()
	if s.lost {
		return ""
	}
	if !plain {
		s.at -= len(written) + len(`""`)
		return s.string()
	}
	if text, known := s.seen[string(written)]; known {
		return text
	}
	text := string(written)
	if s.seen == nil {
		s.seen = map[string]string{}
	}
	if len(s.seen) < maxCommon {
		s.seen[text] = text
	}
	return text
}

// skip passes a value of any kind. Whether it is valid, is left to whoever reads the rest of the answer.
func (s *scan) skip() {
	s.space()
	for depth, first := 0, s.at; !s.lost; {
		if s.at == len(s.text) {
			s.lost = true
			return
		}
		switch c := s.text[s.at]; c {
		case '"':
			s.quoted()
		case '{', '[':
			depth++
			s.at++
		case ',', '}', ']':
			if depth == 0 {
				s.lost = s.at == first
				return
			}
			if c != ',' {
				depth--
			}
			s.at++
		default:
			s.at++
			continue
		}
		if s.pay(); depth == 0 {
			return
		}
	}
}

// answer visits the data of an answer, and returns what is left of it with something else in the place of the part of the
// data from start to end, which visit returns. A start of 0 is that of nothing. The rest is the whole answer if the scan was
// lost.
func (s *scan) answer(instead string, visit func() (start, end int)) (rest []byte, taken bool) {
	start, end := 0, 0
	s.object(func(key string) {
		if key != "data" || start > 0 {
			s.lost = s.lost || strings.EqualFold(key, "data") // which a client takes for the same
			s.skip()
			return
		}
		start, end = visit()
	})
	s.space()
	if s.lost || s.at != len(s.text) || start == 0 {
		return s.text, false
	}
	return slices.Concat(s.text[:start], []byte(instead), s.text[end:]), true
}
