package problem

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/unit"
)

// choice is a field with a value that is not one of the accepted ones.
type choice struct {
	fault        int // its index among the faults
	field, given string
	accepted     []string
}

// maxAccepted is the maximum number of accepted values that are listed next to the nearest one. There are seventy units.
const maxAccepted = 12

func (c choice) String() string {
	if strings.HasSuffix(c.field, "unit") { // CUE names only the units of one of its format types
		c.accepted = unit.Names()
	}
	refused := fmt.Sprintf("%s: %q is not accepted; ", c.field, c.given)
	nearest := dashboard.Suggest(c.given, c.accepted)
	switch {
	case nearest != "" && len(c.accepted) > maxAccepted:
		return refused + fmt.Sprintf("nearest: %q", nearest)
	case nearest != "":
		return refused + fmt.Sprintf("nearest: %q, of %s", nearest, strings.Join(c.accepted, ", "))
	}
	return refused + "accepted: " + strings.Join(c.accepted, ", ")
}

// conflict matches a line that CUE writes for each accepted value:
// `spec.format.unit: conflicting values "decimal" and "Percent"`.
var conflict = regexp.MustCompile(`^(.*): conflicting values (".*") and (".*?")$`)

func parseChoice(line string) (field, given, accepted string, ok bool) {
	found := conflict.FindStringSubmatch(line)
	if found == nil {
		return "", "", "", false
	}
	return found[1], unquote(found[3]), unquote(found[2]), true
}

func unquote(text string) string {
	if plain, err := strconv.Unquote(text); err == nil {
		return plain
	}
	return strings.Trim(text, `"`)
}
