package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const threatsFile = "threat-model.md"

var (
	// heldBy is the tests of one package: `pkg/x`: `TestY`, `FuzzZ`.
	heldBy   = regexp.MustCompile("^`([\\w./]+)`: (`(?:Test|Fuzz)\\w+`(?:, `(?:Test|Fuzz)\\w+`)*)$")
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// TestThreats looks for the tests that hold each line of the threat model: a line without any, or with one that does not exist,
// claims what nobody checks.
func TestThreats(t *testing.T) {
	lines, of := 0, map[string]map[string]bool{} // the tests of packages that were read
	for line := range strings.Lines(read(t, threatsFile)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| Tries |") {
			continue
		}
		lines++
		if len(cells) != 3 {
			t.Errorf("want three cells: %s", line)
			continue
		}
		for part := range strings.SplitSeq(strings.TrimSpace(cells[2]), "; ") {
			named := heldBy.FindStringSubmatch(part)
			if named == nil {
				t.Errorf("%q names no tests as `pkg/x`: `TestY`, in the line %s", part, line)
				continue
			}
			if of[named[1]] == nil {
				of[named[1]] = testsIn(t, named[1])
			}
			for name := range strings.SplitSeq(named[2], ", ") {
				if name = strings.Trim(name, "`"); !of[named[1]][name] {
					t.Errorf("package %s has no test %s", named[1], name)
				}
			}
		}
	}
	if lines < 10 {
		t.Errorf("the tables have %d lines", lines)
	}
}

// testsIn returns the names of the tests of a package.
func testsIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range testFunc.FindAllStringSubmatch(string(content), -1) {
			found[f[1]] = true
		}
	}
	return found
}
