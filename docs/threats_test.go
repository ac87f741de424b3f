package docs_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// heldByTests matches the tests of one package: `pkg/x`: `TestY`, `FuzzZ`.
	heldByTests = regexp.MustCompile("^`([\\w./]+)`: (`(?:Test|Fuzz)\\w+`(?:, `(?:Test|Fuzz)\\w+`)*)$")
	// heldBySetting matches a setting: `--flag`.
	heldBySetting = regexp.MustCompile("^setting `(--[\\w.-]+)`$")
)

// TestThreats checks the tables of the threat model: the last cell of each row names the tests that hold it, or the setting with
// which an operator limits what is left. Outside of the tables, nothing is listed.
func TestThreats(t *testing.T) {
	p := readPage(t, "docs/threat-model.md")
	known := settingNames(t)
	rows, header := 0, false
	for line := range strings.Lines(p.text) {
		if strings.HasPrefix(strings.TrimSpace(line), "- ") {
			t.Errorf("a list is not checked; make it rows of a table: %s", line)
		}
		if !strings.HasPrefix(line, "|") {
			header = true // the next table begins with one
			continue
		}
		if header || strings.HasPrefix(line, "|---") {
			header = false
			continue
		}
		rows++
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		for part := range strings.SplitSeq(strings.TrimSpace(cells[len(cells)-1]), "; ") {
			if setting := heldBySetting.FindStringSubmatch(part); setting != nil {
				if !slices.Contains(known, setting[1]) {
					t.Errorf("there is no setting %s", setting[1])
				}
				continue
			}
			named := heldByTests.FindStringSubmatch(part)
			if named == nil {
				t.Errorf("%q names neither tests nor a setting, in the row %s", part, line)
				continue
			}
			have := testsIn(t, named[1], false)
			for name := range strings.SplitSeq(named[2], ", ") {
				if name = strings.Trim(name, "`"); !slices.Contains(have, name) {
					t.Errorf("package %s has no test %s", named[1], name)
				}
			}
		}
	}
	if rows < 30 {
		t.Errorf("the tables have %d rows", rows)
	}
}

// settingNames returns the flags of the settings, with their dashes.
func settingNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(--[\\w.-]+)` \\|").FindAllStringSubmatch(read(t, "docs/settings.md"), -1) {
		names = append(names, m[1])
	}
	return names
}
