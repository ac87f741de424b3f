package perses

import (
	"errors"
	"fmt"
	"io"
)

// splitter takes the elements of a JSON list out of a stream, one after the other: of a list that is too large to be held
// the elements can be.
type splitter struct {
	quota *bodyQuota // each element is a part of it
	// visit is called with each element, which is good until it returns. Of one that is larger than may be read it gets the
	// begin, and whole is false.
	visit func(element []byte, whole bool)

	depth    int
	inString bool
	escaped  bool
	element  []byte
	part     *bodyQuota // of the element
	end      func()
	tooLarge bool
}

// begun is how much is kept of an element that is too large: enough to know it by its metadata, which Perses puts first.
const begun = 4 << 10

// errNoList says that an answer is something other than a list.
var errNoList = errors.New("the answer is not a JSON list")

// read reads a list to its end. What is not JSON within an element is for visit to find out.
func (s *splitter) read(list io.Reader) error {
	defer func() {
		if s.end != nil {
			s.end()
		}
	}()
	piece := make([]byte, 32<<10)
	for {
		n, err := list.Read(piece)
		if failed := s.split(piece[:n]); failed != nil {
			return failed
		}
		switch {
		case errors.Is(err, io.EOF) && s.depth > 0:
			return io.ErrUnexpectedEOF
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// split reads a piece of the list. Depth 1 is that of its elements.
func (s *splitter) split(piece []byte) error {
	from := -1 // where the part of the element that is in this piece begins
	if s.depth > 1 {
		from = 0
	}
	for i, c := range piece {
		if s.inString {
			switch {
			case s.escaped:
				s.escaped = false
			case c == '\\':
				s.escaped = true
			case c == '"':
				s.inString = false
			}
			continue
		}
		switch c {
		case '"':
			if s.depth == 1 {
				return errNoDocuments(c)
			}
			s.inString = true
		case '{', '[':
			if s.depth == 0 && c != '[' {
				return errNoList
			}
			if s.depth++; s.depth == 2 {
				from = i
				s.begin()
			}
		case '}', ']':
			if s.depth--; s.depth == 1 {
				if err := s.add(piece[from : i+1]); err != nil {
					return err
				}
				s.finish()
				from = -1
			}
		case ' ', '\t', '\n', '\r', ',':
		default:
			if s.depth < 2 {
				return errNoDocuments(c)
			}
		}
	}
	if from >= 0 && s.depth > 1 {
		return s.add(piece[from:])
	}
	return nil
}

func errNoDocuments(c byte) error {
	return fmt.Errorf("%w of documents: %q stands in it", errNoList, c)
}

func (s *splitter) begin() {
	s.part, s.end = s.quota.part(s.quota.ctx)
	s.element, s.tooLarge = s.element[:0], false
}

// add takes a part of an element, which may have to wait for its turn.
func (s *splitter) add(part []byte) error {
	if s.tooLarge {
		return nil
	}
	err := s.part.add(part)
	if IsTooLarge(err) {
		s.tooLarge = true
		s.element = append([]byte(nil), s.element[:min(len(s.element), begun)]...)
		s.end()
		return nil
	}
	s.element = append(s.element, part...)
	return err
}

// finish hands the element on and ends its turn. The memory of one that was large is let go.
func (s *splitter) finish() {
	s.visit(s.element, !s.tooLarge)
	if cap(s.element) > s.quota.limits.maxSmall {
		s.element = nil
	}
	s.end()
	s.end = nil
}
