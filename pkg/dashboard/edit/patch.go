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

// location is where a JSON Pointer leads: a member of an object or an element of a list. It may not exist yet.
type location struct {
	parent *node
	key    string
	index  int // -1 if it does not exist
	inList bool
	keys   []string // the object keys of the pointer, which decide whether a value is a secret
	path   []string // all parts of the pointer
}

// follow resolves a JSON Pointer (RFC 6901). The last part may not exist; all others must.
func (e *editor) follow(field, pointer string) (location, error) {
	if !strings.HasPrefix(pointer, "/") {
		return location{}, fmt.Errorf("%s %q: want a JSON Pointer to a part of the dashboard, such as /spec/duration", field, clip(pointer))
	}
	tokens := strings.Split(pointer[1:], "/")
	if len(tokens) > maxDepth {
		return location{}, fmt.Errorf("%s %q: the pointer has %d parts; a dashboard may have at most %d levels", field, clip(pointer), len(tokens), maxDepth)
	}
	at, done := e.document, ""
	var keys, way []string
	for i, token := range tokens {
		s, err := at.step(strings.NewReplacer("~1", "/", "~0", "~").Replace(token))
		way = append(way, s.key)
		if !s.inList {
			keys = append(keys, s.key)
		}
		s.keys, s.path = keys, way
		if err != nil {
			return s, fmt.Errorf("%s %q: %s %w", field, clip(pointer), cmp.Or(clip(done), "the document"), err)
		}
		if i == len(tokens)-1 {
			return s, nil
		}
		if s.index < 0 {
			return s, fmt.Errorf("%s %q: %w", field, clip(pointer), s.notFound(cmp.Or(clip(done), "the document")))
		}
		at, done = s.parent.loaded[s.index].value, done+"/"+token
	}
	return location{}, nil
}

// step goes to a member or an element. "-" stands for the position after the last element.
func (v *node) step(token string) (location, error) {
	switch {
	case v.isObject():
		return location{parent: v, key: token, index: v.indexOf(token)}, nil
	case !v.isList():
		return location{}, errors.New("has no members or elements")
	}
	s := location{parent: v, key: token, index: -1, inList: true}
	if token == "-" || token == strconv.Itoa(len(v.members())) {
		return s, nil
	}
	index, err := strconv.Atoi(token)
	if err != nil || index < 0 || index > len(v.members()) || strconv.Itoa(index) != token {
		return s, fmt.Errorf("is a list of length %d without element %q", len(v.members()), clip(token))
	}
	s.index = index
	return s, nil
}

// notFound returns an error that says what exists instead.
func (s location) notFound(where string) error {
	if s.inList {
		return fmt.Errorf("%s is a list of length %d without element %s", where, len(s.parent.members()), s.key)
	}
	var keys []string
	for _, m := range s.parent.members() {
		keys = append(keys, m.key)
	}
	if near := nearest.Names(s.key, keys); len(near) > 0 {
		return fmt.Errorf("%s has no %q; nearest: %s", where, clip(s.key), strings.Join(near, ", "))
	}
	return fmt.Errorf("%s has no %q; the keys are: %s", where, clip(s.key), firstFew(keys))
}

// existing is like follow, but the location must exist.
func (e *editor) existing(field, pointer string) (location, *node, error) {
	s, err := e.follow(field, pointer)
	if err != nil {
		return s, nil, err
	}
	if s.index < 0 {
		last := strings.LastIndex(pointer, "/")
		return s, nil, fmt.Errorf("%s %q: %w", field, clip(pointer), s.notFound(cmp.Or(clip(pointer[:last]), "the document")))
	}
	return s, s.parent.loaded[s.index].value, nil
}

// addAt implements "add": it inserts into a list, and sets a member of an object.
func (e *editor) addAt(s location, v *node) {
	switch {
	case !s.inList:
		if s.index >= 0 && e.touchesSecrets(s.keys, s.parent.loaded[s.index].value) {
			s.parent.setAt(s.index, v) // even if both are equal
			return
		}
		s.parent.put(s.key, v)
	case s.index < 0:
		s.parent.append(v)
	default:
		s.parent.insert(s.index, v)
	}
}

func (e *editor) patchAdd(f fields) error {
	s, err := e.follow("path", f.str("path"))
	if err != nil {
		return err
	}
	e.addAt(s, f.value("value"))
	e.report("%s added", clip(f.str("path")))
	return nil
}

func (e *editor) patchRemove(f fields) error {
	s, _, err := e.existing("path", f.str("path"))
	if err != nil {
		return err
	}
	s.parent.removeAt(s.index)
	e.report("%s removed", clip(f.str("path")))
	return nil
}

func (e *editor) patchReplace(f fields) error {
	s, have, err := e.existing("path", f.str("path"))
	if err != nil {
		return err
	}
	if to := f.value("value"); !e.isUnchanged(s.keys, have, to) {
		s.parent.setAt(s.index, to)
		e.report("%s replaced", clip(f.str("path")))
	}
	return nil
}

func (e *editor) patchMove(f fields) error {
	from, path := f.str("from"), f.str("path")
	s, have, err := e.existing("from", from)
	if err != nil {
		return err
	}
	if from == path {
		return nil
	}
	if strings.HasPrefix(path, from+"/") {
		return fmt.Errorf("path %q is inside from: a value cannot be moved into itself", clip(path))
	}
	s.parent.removeAt(s.index)
	to, err := e.follow("path", path)
	if err != nil {
		return err
	}
	if err := e.checkMovable(s, to, have); err != nil {
		return fmt.Errorf("from %q: %w", clip(from), err)
	}
	e.addAt(to, have)
	e.report("%s moved to %s", clip(from), clip(path))
	return nil
}

func (e *editor) patchCopy(f fields) error {
	s, have, err := e.existing("from", f.str("from"))
	if err != nil {
		return err
	}
	to, err := e.follow("path", f.str("path"))
	if err != nil {
		return err
	}
	if err := e.checkSize(have.size); err != nil {
		return err
	}
	if err := e.checkMovable(s, to, have); err != nil {
		return fmt.Errorf("from %q: %w", clip(f.str("from")), err)
	}
	e.budget.Spend(have.size)
	copied := have.clone()
	e.copyServers(have, copied)
	e.addAt(to, copied)
	e.report("%s copied to %s", clip(f.str("from")), clip(f.str("path")))
	return nil
}

// patchTest returns an error if the value differs. It does not compare hidden values, which would confirm a guess.
func (e *editor) patchTest(f fields) error {
	s, have, err := e.existing("path", f.str("path"))
	if err != nil {
		return err
	}
	if e.hasSecrets(s.keys, have) {
		return fmt.Errorf("path %q: it contains hidden values, such as passwords, which a test would reveal: test only values that are shown", clip(f.str("path")))
	}
	e.budget.Spend(have.size) // the price of comparing all of it
	if !equalJSON(have, f.value("value")) {
		return fmt.Errorf("path %q: the value differs from the expected one: get the dashboard again", clip(f.str("path")))
	}
	return nil
}

// equalJSON reports whether two values are equal according to RFC 6902: the order of members does not matter, and numbers
// are compared numerically.
func equalJSON(a, b *node) bool {
	switch {
	case a.isObject() && b.isObject():
		if len(a.members()) != len(b.members()) {
			return false
		}
		for _, m := range a.members() {
			if other := b.get(m.key); other == nil || !equalJSON(m.value, other) {
				return false
			}
		}
		return true
	case a.isList() && b.isList():
		if len(a.members()) != len(b.members()) {
			return false
		}
		for i, m := range a.members() {
			if !equalJSON(m.value, b.members()[i].value) {
				return false
			}
		}
		return true
	case a.isString() && b.isString():
		return a.str() == b.str()
	}
	if a.raw == b.raw {
		return true
	}
	const maxDigits = 100 // digits; more, or an exponent, could make a huge big.Rat
	if len(a.raw) > maxDigits || len(b.raw) > maxDigits || strings.ContainsAny(a.raw+b.raw, "eE") {
		x, errX := strconv.ParseFloat(a.raw, 64)
		y, errY := strconv.ParseFloat(b.raw, 64)
		return errX == nil && errY == nil && x == y
	}
	x, okX := new(big.Rat).SetString(a.raw)
	y, okY := new(big.Rat).SetString(b.raw)
	return okX && okY && x.Cmp(y) == 0
}
