package tools

import (
	"strings"
	"testing"
)

// TestSizeOfPatterns tells the regular expressions that take much memory from those that people write.
func TestSizeOfPatterns(t *testing.T) {
	for pattern, small := range map[string]bool{
		"up": true, "node_.+": true, `a{2,5}b{3}c{4,}`: true, "a{1000}": true,
		"(a{999}){999}": false, "((a{0,99}){9,99}){99,}": false,
	} {
		if got := patternSize(pattern) <= maxPattern; got != small {
			t.Errorf("%s has the size %d", pattern, patternSize(pattern))
		}
	}
}

// TestNumbersWithExponents compares what would take a million digits if it was written out.
func TestNumbersWithExponents(t *testing.T) {
	before := `[` + strings.TrimSuffix(strings.Repeat(`1e-999999,`, 10_000), `,`) + `,1.50,12345678901234567890,1e2]`
	after := `[` + strings.TrimSuffix(strings.Repeat(`0,`, 10_000), `,`) + `,1.5,12345678901234567000,100]`
	if lost := lostFields([]byte(before), []byte(after)); len(lost) != 1 || lost[0] != "/10001" {
		t.Errorf("%d are lost: %.100v", len(lost), lost)
	}
}
