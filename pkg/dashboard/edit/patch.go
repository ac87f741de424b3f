package edit

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/nearest"
)

// spotOfPath is where a JSON Pointer leads: a member or an element of a value, which may not be there yet.
type spotOfPath struct {
	of   *value
	key  string
	at   int // the index; -1 if there is nothing
	list bool
	keys []string // those of objects on the way, by which it is known what is not shown
	way  []string // all that lead there
}

// follow reads a JSON Pointer (RFC 6901). Where it ends there may be nothing yet; all before must be there.
func (e *editor) follow(field, pointer string) (spotOfPath, error) {
	if !strings.HasPrefix(pointer, "/") {
		return spotOfPath{}, fmt.Errorf("%s %q: want a JSON Pointer to a part of the dashboard, such as /spec/duration", field, clip(pointer))
	}
	tokens := strings.Split(pointer[1:], "/")
	if len(tokens) > maxDepth {
		return spotOfPath{}, fmt.Errorf("%s %q: it has %d parts, more than the %d levels that a dashboard may have", field, clip(pointer), len(tokens), maxDepth)
	}
	at, done := e.document, ""
	var keys, way []string
	for i, token := range tokens {
		s, err := at.step(strings.NewReplacer("~1", "/", "~0", "~").Replace(token))
		way = append(way, s.key)
		if !s.list {
			keys = append(keys, s.key)
		}
		s.keys, s.way = keys, way
		if err != nil {
			return s, fmt.Errorf("%s %q: %s %w", field, clip(pointer), cmp.Or(clip(done), "the document"), err)
		}
		if i == len(tokens)-1 {
			return s, nil
		}
		if s.at < 0 {
			return s, fmt.Errorf("%s %q: %w", field, clip(pointer), s.nothing(cmp.Or(clip(done), "the document")))
		}
		at, done = s.of.members[s.at].value, done+"/"+token
	}
	return spotOfPath{}, nil
}

// step goes to a member or an element. "-" is the element behind the last one.
func (v *value) step(token string) (spotOfPath, error) {
	switch {
	case v.isObject():
		return spotOfPath{of: v, key: token, at: v.index(token)}, nil
	case !v.isList():
		return spotOfPath{}, errors.New("has no parts")
	}
	s := spotOfPath{of: v, key: token, at: -1, list: true}
	if token == "-" || token == strconv.Itoa(len(v.all())) {
		return s, nil
	}
	index, err := strconv.Atoi(token)
	if err != nil || index < 0 || index > len(v.all()) || strconv.Itoa(index) != token {
		return s, fmt.Errorf("is a list of %d, which has no element %q", len(v.all()), clip(token))
	}
	s.at = index
	return s, nil
}

// nothing says that there is nothing, and what there is instead.
func (s spotOfPath) nothing(where string) error {
	if s.list {
		return fmt.Errorf("%s is a list of %d, which has no element %s", where, len(s.of.all()), s.key)
	}
	var keys []string
	for _, m := range s.of.all() {
		keys = append(keys, m.key)
	}
	if near := nearest.Names(s.key, keys); len(near) > 0 {
		return fmt.Errorf("%s has no %q; nearest: %s", where, clip(s.key), strings.Join(near, ", "))
	}
	return fmt.Errorf("%s has no %q; it has: %s", where, clip(s.key), joined(keys))
}

// existing is follow to something that is there.
func (e *editor) existing(field, pointer string) (spotOfPath, *value, error) {
	s, err := e.follow(field, pointer)
	if err != nil {
		return s, nil, err
	}
	if s.at < 0 {
		last := strings.LastIndex(pointer, "/")
		return s, nil, fmt.Errorf("%s %q: %w", field, clip(pointer), s.nothing(cmp.Or(clip(pointer[:last]), "the document")))
	}
	return s, s.of.members[s.at].value, nil
}

// insertAt is what "add" does: into a list, or over a member of an object.
func (e *editor) insertAt(s spotOfPath, v *value) {
	switch {
	case !s.list:
		if s.at >= 0 && e.guarded(s.keys, s.of.members[s.at].value) {
			s.of.set(s.at, v) // even if it is the same
			return
		}
		s.of.put(s.key, v)
	case s.at < 0:
		s.of.add(v)
	default:
		s.of.insert(s.at, v)
	}
}

func (e *editor) patchAdd(f fields) error {
	s, err := e.follow("path", f.text("path"))
	if err != nil {
		return err
	}
	e.insertAt(s, f.value("value"))
	e.say("%s added", clip(f.text("path")))
	return nil
}

func (e *editor) patchRemove(f fields) error {
	s, _, err := e.existing("path", f.text("path"))
	if err != nil {
		return err
	}
	s.of.remove(s.at)
	e.say("%s removed", clip(f.text("path")))
	return nil
}

func (e *editor) patchReplace(f fields) error {
	s, have, err := e.existing("path", f.text("path"))
	if err != nil {
		return err
	}
	if to := f.value("value"); !e.same(s.keys, have, to) {
		s.of.set(s.at, to)
		e.say("%s replaced", clip(f.text("path")))
	}
	return nil
}

func (e *editor) patchMove(f fields) error {
	from, path := f.text("from"), f.text("path")
	s, have, err := e.existing("from", from)
	if err != nil {
		return err
	}
	if from == path {
		return nil
	}
	if strings.HasPrefix(path, from+"/") {
		return fmt.Errorf("path %q is within from: a value cannot be moved into itself", clip(path))
	}
	s.of.remove(s.at)
	to, err := e.follow("path", path)
	if err != nil {
		return err
	}
	if err := e.movable(s, to, have); err != nil {
		return fmt.Errorf("from %q: %w", clip(from), err)
	}
	e.insertAt(to, have)
	e.say("%s moved to %s", clip(from), clip(path))
	return nil
}

func (e *editor) patchCopy(f fields) error {
	s, have, err := e.existing("from", f.text("from"))
	if err != nil {
		return err
	}
	to, err := e.follow("path", f.text("path"))
	if err != nil {
		return err
	}
	if err := e.fits(have.size); err != nil {
		return err
	}
	if err := e.movable(s, to, have); err != nil {
		return fmt.Errorf("from %q: %w", clip(f.text("from")), err)
	}
	e.budget.Spend(have.size)
	copied := have.clone()
	e.keepServersOf(have, copied)
	e.insertAt(to, copied)
	e.say("%s copied to %s", clip(f.text("from")), clip(f.text("path")))
	return nil
}

// patchTest refuses all edits if a value is another. It does not compare what is not shown, which would tell guesses.
func (e *editor) patchTest(f fields) error {
	s, have, err := e.existing("path", f.text("path"))
	if err != nil {
		return err
	}
	if e.hides(s.keys, have) {
		return fmt.Errorf("path %q: it holds values that are not shown, such as passwords, and a test would tell what they are: test only what is shown", clip(f.text("path")))
	}
	e.budget.Spend(have.size) // read all the way down below
	if !same(have, f.value("value")) {
		return fmt.Errorf("path %q: the value there is another", clip(f.text("path")))
	}
	return nil
}

// same tells whether two values are equal as RFC 6902 has it: objects whatever the order of their members, numbers by what
// they amount to.
func same(a, b *value) bool {
	switch {
	case a.isObject() && b.isObject():
		if len(a.all()) != len(b.all()) {
			return false
		}
		for _, m := range a.all() {
			if other := b.at(m.key); other == nil || !same(m.value, other) {
				return false
			}
		}
		return true
	case a.isList() && b.isList():
		if len(a.all()) != len(b.all()) {
			return false
		}
		for i, m := range a.all() {
			if !same(m.value, b.all()[i].value) {
				return false
			}
		}
		return true
	case a.isText() && b.isText():
		return a.text() == b.text()
	}
	if a.raw == b.raw {
		return true
	}
	const most = 100 // digits: 1e999999999 would be written out
	if len(a.raw) > most || len(b.raw) > most || strings.ContainsAny(a.raw+b.raw, "eE") {
		x, errX := strconv.ParseFloat(a.raw, 64)
		y, errY := strconv.ParseFloat(b.raw, 64)
		return errX == nil && errY == nil && x == y
	}
	x, okX := new(big.Rat).SetString(a.raw)
	y, okY := new(big.Rat).SetString(b.raw)
	return okX && okY && x.Cmp(y) == 0
}
