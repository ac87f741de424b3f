package tools_test

import (
	"encoding/json"
	"testing"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/tools"
)

// FuzzCheck checks that arguments which pass the check have their declared types, and that names are valid in URL paths.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `[]`, `"x"`, `{}`, `{"project":"p"}`, `{"project":".."}`, `{"project":"a/b","dashboard":"%2e%2e"}`,
		`{"project":"p","project":".."}`, `{"project":"p","Project":".."}`, `{"project":"\u002e\u002e"}`, `{"project":null,"dashboard":7}`,
		`{"kind":"Folder","name":"n","project":"p","cascade":"yes"}`, `{"kind":"folder"}`, `{"expected_version":1.0}`, `{"expected_version":1e400}`,
		`{"resource":"{\"kind\":\"Folder\"}"}`, `{"resource":"[1]"}`, `{"resource":"null"}`, `{"dry_run":1,"bogus":{}}`, `{"project":"\ud800"}`,
		`{"resource":{"metadata":{"name":"n"}},"expected_version":9007199254740993}`, `{"kind":"User","name":"\u0000"}`,
	} {
		f.Add(seed)
	}
	all := tools.All(tools.Options{})
	checkers := make([]*tools.Checker, len(all))
	for i, tool := range all {
		checkers[i] = tools.NewChecker(tool)
	}
	f.Fuzz(func(t *testing.T, arguments string) {
		for i, tool := range all {
			args, err := checkers[i].Check(json.RawMessage(arguments))
			if err != nil {
				if err.Error() == "" {
					t.Errorf("%s: an error without words", tool.Name)
				}
				continue
			}
			declared := map[string]tools.Param{}
			for _, p := range tool.Params {
				declared[p.Name] = p
				if p.Required && !args.Has(p.Name) {
					t.Errorf("%s: %s is missing in %q", tool.Name, p.Name, arguments)
				}
			}
			for name, value := range args {
				p, ok := declared[name]
				if !ok || !hasType(p, args) {
					t.Errorf("%s: %s passes as %s", tool.Name, name, value)
				}
			}
		}
	})
}

// hasType reports whether an argument has its declared type.
func hasType(p tools.Param, args tools.Args) bool {
	var value any
	if json.Unmarshal(args[p.Name], &value) != nil {
		return false
	}
	switch value := value.(type) {
	case string:
		return p.Type == tools.Text || p.Type == tools.Name && perses.CheckName(p.Name, value) == nil && value == args.Text(p.Name)
	case bool:
		return p.Type == tools.Flag && value == args.Flag(p.Name)
	case float64:
		return p.Type == tools.Count && value == float64(args.Count(p.Name))
	case map[string]any:
		return p.Type == tools.Document || p.Type == tools.Object
	case []any:
		return p.Type == tools.Objects
	}
	return false
}
