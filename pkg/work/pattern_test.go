package work_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/work"
)

func TestPatterns(t *testing.T) {
	budget := work.New(t.Context(), work.Max)
	p, err := work.Compile(budget, `(?i)(\w+)-(\pL)`)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Match(budget, "Node-x") || p.Match(budget, "node") {
		t.Error("Match differs from package regexp")
	}
	if got := fmt.Sprint(p.Find(budget, "a-b c-d"), p.FindAll(budget, "a-b c-d")); got != "[0 3 0 1 2 3] [[a-b a b] [c-d c d]]" {
		t.Errorf("got %s", got)
	}
	if got := p.Expand("$2$1", "a-b", []int{0, 3, 0, 1, 2, 3}); got != "ba" {
		t.Errorf("got %s", got)
	}
}

// Go compiles these expressions, but matching them would take long.
func TestPatternsAreLimited(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("a.*", 334):                            "1002 bytes, more than the maximum of 1000",
		strings.Repeat(`\w{1000}`, 100):                       "instructions, more than the maximum of 2000",
		"(?:" + strings.Repeat("(?:a|b|c|d)", 80) + "){1,10}": "instructions, more than the maximum of 2000",
		"(": "missing closing )",
	} {
		budget := work.New(t.Context(), work.Max)
		if _, err := work.Compile(budget, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30s: got %v", text, err)
		}
		if used := budget.Used(); used > 200_000 {
			t.Errorf("%.30s: used %d units", text, used)
		}
	}
	budget := work.New(t.Context(), work.Max)
	p, err := work.Compile(budget, strings.Repeat("a.*", 300))
	if err != nil {
		t.Fatal(err)
	}
	matched := 0
	for range 100_000 {
		if p.Match(budget, strings.Repeat("a", 400)) {
			matched++
		}
	}
	if matched == 0 || matched > 1000 || !errors.Is(budget.Err(), work.ErrExhausted) {
		t.Errorf("%d matches, %v", matched, budget.Err())
	}
}
