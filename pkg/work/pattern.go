package work

import (
	"fmt"
	"math/bits"
	"regexp"
	"regexp/syntax"
)

const (
	// MaxPattern is the maximum length of a regular expression, in bytes. Most in dashboards have a few dozen.
	MaxPattern = 1000
	// maxProgram is the maximum number of instructions of a regular expression. Matching takes time in proportion to it, and a few
	// bytes such as \w{1000} compile to thousands of instructions.
	maxProgram = 2000
)

// Pattern is a regular expression from a document or a caller. Its size is limited, and matching it spends from a budget.
type Pattern struct {
	expression *regexp.Regexp
	size       int // approximate number of instructions
}

// Compile compiles a regular expression. It fails if the expression is too long or has too many instructions.
func Compile(budget *Budget, text string) (*Pattern, error) {
	if len(text) > MaxPattern {
		return nil, fmt.Errorf("the regular expression has %d bytes, more than the maximum of %d", len(text), MaxPattern)
	}
	if !budget.Spend(100 * len(text)) {
		return nil, budget.Err()
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	size := instructions(tree)
	if size > maxProgram {
		return nil, fmt.Errorf("the regular expression has about %d instructions, more than the maximum of %d: use fewer repetitions", size, maxProgram)
	}
	if !budget.Spend(50 * size) {
		return nil, budget.Err()
	}
	expression, err := regexp.Compile(text)
	return &Pattern{expression, size}, err
}

// instructions returns the approximate number of instructions of an expression.
func instructions(tree *syntax.Regexp) int {
	size := 1
	switch tree.Op {
	case syntax.OpLiteral:
		size += len(tree.Rune)
	case syntax.OpCharClass:
		size += bits.Len(uint(len(tree.Rune))) // a binary search finds the range
	}
	for _, part := range tree.Sub {
		size += instructions(part)
	}
	if tree.Op == syntax.OpRepeat {
		size *= max(tree.Min+1, tree.Max)
	}
	return size
}

// spend spends the maximum cost of matching a text: each instruction is tried at each byte, and copies the positions of the groups if
// they are requested.
func (p *Pattern) spend(budget *Budget, text string, groups int) bool {
	return budget.Spend(10 + len(text)*(1+p.size/4)*(1+groups/4))
}

// Match reports whether the text contains a match; false once the budget is spent.
func (p *Pattern) Match(budget *Budget, text string) bool {
	return p.spend(budget, text, 0) && p.expression.MatchString(text)
}

// Find returns the positions of the first match and its groups, like regexp.FindStringSubmatchIndex.
func (p *Pattern) Find(budget *Budget, text string) []int {
	if !p.spend(budget, text, p.expression.NumSubexp()) {
		return nil
	}
	return p.expression.FindStringSubmatchIndex(text)
}

// FindAll returns all matches with their groups, like regexp.FindAllStringSubmatch.
func (p *Pattern) FindAll(budget *Budget, text string) [][]string {
	// Each match takes memory for each of its groups.
	groups := p.expression.NumSubexp()
	if !p.spend(budget, text, groups) || !budget.Spend(len(text)*(1+groups)) {
		return nil
	}
	return p.expression.FindAllStringSubmatch(text, -1)
}

// Expand replaces the group references in a template, like regexp.ExpandString.
func (p *Pattern) Expand(template, text string, match []int) string {
	return string(p.expression.ExpandString(nil, template, text, match))
}
