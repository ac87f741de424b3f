package tools_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/tools"
)

// TestArgumentErrorsAreShort checks that the error for 4 MB of wrong arguments is short.
func TestArgumentErrorsAreShort(t *testing.T) {
	all := tools.All(tools.Options{})
	edit := all[slices.IndexFunc(all, func(tool tools.Tool) bool { return tool.Name == "perses_edit_dashboard" })]
	checker := tools.NewChecker(edit)
	const required = `"project":"p","dashboard":"d","edits":`
	for name, c := range map[string]struct{ arguments, begin, end string }{
		"a long list of numbers":    {required + "[" + strings.Repeat("1,", 1<<20) + "1]", "edits: the list has more than 10000 elements", "elements"},
		"a list of numbers":         {required + "[" + strings.Repeat("1,", 9_999) + "1]", "edits[0]: want object, got number; ", "; and 9980 more"},
		"long unknown arguments":    {strings.Repeat(`"`+strings.Repeat("x", 1<<20)+`":1,`, 3) + required + "[]", `unknown argument "xx`, ""},
		"an unknown argument, 4 MB": {`"` + strings.Repeat("x", 4<<20) + `":1,` + required + "[]", `unknown argument "xx`, ""},
	} {
		_, err := checker.Check(json.RawMessage("{" + c.arguments + "}"))
		if err == nil || !strings.HasPrefix(err.Error(), c.begin) || !strings.HasSuffix(err.Error(), c.end) || len(err.Error()) > 2000 {
			t.Errorf("%s: got %.300v", name, err)
		}
	}
}
