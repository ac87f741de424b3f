package main_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const modulePath = "github.com/perses/mcp-server"

// mayImport lists the packages of this module that each package may import, except in tests. A row names only packages in rows
// below it; the picture in docs/architecture.md shows them in the same order.
var mayImport = map[string][]string{
	".":                           {"pkg/config", "pkg/gctuning", "pkg/perses", "pkg/perses/mask", "pkg/server", "pkg/telemetry", "tools"},
	"pkg/config":                  {"pkg/nearest", "pkg/perses", "pkg/perses/credentials"},
	"pkg/server/servertest":       {"pkg/perses", "pkg/server", "tools"},
	"pkg/server":                  {"pkg/perses", "pkg/perses/credentials", "pkg/perses/mask", "pkg/quota", "pkg/server/mcpgo", "pkg/telemetry", "resources", "tools"},
	"pkg/server/mcpgo":            nil,
	"resources":                   {"pkg/nearest", "pkg/perses", "pkg/perses/mask"},
	"tools":                       {"pkg/chart", "pkg/dashboard", "pkg/dashboard/edit", "pkg/dashboard/grafana", "pkg/dashboard/lint", "pkg/dashboard/sketch", "pkg/dashboard/summary", "pkg/dashboard/uses", "pkg/nearest", "pkg/panel", "pkg/parallel", "pkg/perses", "pkg/perses/mask", "pkg/perses/problem", "pkg/plugin", "pkg/promql", "pkg/query", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/panel":                   {"pkg/dashboard", "pkg/nearest", "pkg/parallel", "pkg/perses", "pkg/perses/mask", "pkg/perses/problem", "pkg/query", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/query":                   {"pkg/nearest", "pkg/perses", "pkg/perses/mask", "pkg/perses/problem", "pkg/series", "pkg/work"},
	"pkg/perses":                  {"pkg/dashboard", "pkg/dashboard/uses", "pkg/nearest", "pkg/parallel", "pkg/perses/credentials", "pkg/perses/endpoint", "pkg/perses/mask", "pkg/perses/problem", "pkg/quota", "pkg/work"},
	"pkg/perses/credentials":      {"pkg/perses/endpoint", "pkg/perses/mask", "pkg/perses/problem"},
	"pkg/perses/problem":          {"pkg/dashboard", "pkg/nearest", "pkg/perses/mask", "pkg/unit"},
	"pkg/chart":                   {"pkg/dashboard", "pkg/parallel", "pkg/series", "pkg/unit", "pkg/work"},
	"pkg/dashboard/grafana":       {"pkg/dashboard", "pkg/nearest", "pkg/variable", "pkg/work"},
	"pkg/dashboard/summary":       {"pkg/dashboard", "pkg/dashboard/sketch", "pkg/dashboard/uses", "pkg/promql", "pkg/unit", "pkg/work"},
	"pkg/dashboard/uses":          {"pkg/dashboard", "pkg/promql", "pkg/variable", "pkg/work"},
	"pkg/dashboard/lint/linttest": {"pkg/dashboard/lint"},
	"pkg/dashboard/lint":          {"pkg/dashboard", "pkg/nearest", "pkg/parallel", "pkg/promql", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/dashboard/edit":          {"pkg/dashboard", "pkg/dashboard/sketch", "pkg/nearest", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/dashboard/sketch":        {"pkg/dashboard", "pkg/nearest", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/dashboard":               {"pkg/nearest", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/perses/endpoint":         nil,
	"pkg/perses/mask":             nil,
	"pkg/plugin":                  {"pkg/work"},
	"pkg/promql":                  {"pkg/variable", "pkg/work"},
	"pkg/telemetry/telemetrytest": nil,
	"pkg/telemetry":               nil,
	"pkg/series":                  nil,
	"pkg/unit":                    nil,
	"pkg/variable":                {"pkg/work"},
	"pkg/gctuning":                nil,
	"pkg/nearest":                 {"pkg/work"},
	"pkg/parallel":                nil,
	"pkg/quota":                   nil,
	"pkg/work/worktest":           {"pkg/work"},
	"pkg/work":                    nil,
	"pkg/certtest":                nil,
	"pkg/cmd/demo":                {"pkg/persestest"},
	"pkg/cmd/bench":               {"pkg/dashboard/edit", "pkg/dashboard/lint", "pkg/dashboard/summary", "pkg/dashboard/sketch", "pkg/persestest", "pkg/work"},
	"pkg/cmd/clients":             {"pkg/persestest"},
	"pkg/cmd/forwarder":           nil,
	"pkg/cmd/prepare":             {"pkg/persestest"},
	"pkg/persestest":              nil,
}

// withoutNetwork lists the packages that only compute. They may import Perses' models, but not its client.
var withoutNetwork = []string{"pkg/chart", "pkg/dashboard", "pkg/dashboard/edit", "pkg/dashboard/grafana", "pkg/dashboard/lint", "pkg/dashboard/summary", "pkg/dashboard/sketch", "pkg/dashboard/uses", "pkg/nearest", "pkg/parallel", "pkg/perses/mask", "pkg/plugin", "pkg/promql", "pkg/quota", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"}

// reachesOut reports whether an imported package communicates with other processes.
func reachesOut(imported string) bool {
	if imported == "net/url" || imported == "net/netip" { // these only parse addresses
		return false
	}
	return slices.ContainsFunc([]string{"net", "os/exec", "github.com/perses/perses/pkg/client", "github.com/mark3labs/mcp-go"},
		func(network string) bool { return imported == network || strings.HasPrefix(imported, network+"/") })
}

func TestImports(t *testing.T) {
	eachFile(t, func(name string, content []byte) {
		if !isProduct(name) {
			return
		}
		dir := path.Dir(name)
		below, known := mayImport[dir]
		if !known {
			t.Fatalf("%s: add the package %s to mayImport", name, dir)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if own, ok := strings.CutPrefix(imported, modulePath+"/"); ok && !slices.Contains(below, own) {
				t.Errorf("%s imports %s; mayImport allows %v", name, own, below)
			}
			if slices.Contains(withoutNetwork, dir) && reachesOut(imported) {
				t.Errorf("%s imports %s, but %s only computes", name, imported, dir)
			}
		}
	})
}

// A panic in a goroutine would end the process, so code that serves calls must start goroutines with pkg/parallel.
func TestGoroutinesRecoverPanics(t *testing.T) {
	eachFile(t, func(name string, content []byte) {
		// The goroutines of pkg/server read and listen; they do not belong to a call.
		if dir := path.Dir(name); !isProduct(name) || dir == "pkg/parallel" || dir == "pkg/server" || dir == "pkg/server/mcpgo" || strings.HasPrefix(dir, "pkg/persestest") || strings.HasPrefix(dir, "pkg/cmd/") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.GoStmt:
				t.Errorf("%s has a go statement: use pkg/parallel", name)
			case *ast.SelectorExpr:
				if n.Sel.Name == "WaitGroup" || n.Sel.Name == "Group" && fmt.Sprint(n.X) == "errgroup" {
					t.Errorf("%s has a %s: use pkg/parallel", name, n.Sel.Name)
				}
			}
			return true
		})
	})
}

// maxLines is the maximum length of a file. A longer one has more than one subject.
const maxLines = 400

func TestFilesAreSmall(t *testing.T) {
	eachFile(t, func(name string, content []byte) {
		if lines := bytes.Count(content, []byte("\n")); isProduct(name) && lines > maxLines {
			t.Errorf("%s has %d lines, more than %d: split it by subject", name, lines, maxLines)
		}
	})
}

// No file of the repository contains a path of a developer's machine.
func TestNoLocalPaths(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	machine := regexp.MustCompile(`/(home|root|Users)/\w|\b[A-Z]:\\\w|` + regexp.QuoteMeta(here))
	eachFile(t, func(name string, content []byte) {
		if found := machine.Find(content); found != nil {
			t.Errorf("%s contains the path %q", name, found)
		}
	})
}

// isProduct reports whether a file is Go code of a program or a library, not of a test.
func isProduct(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.Contains(name, "/testdata/") && !strings.HasPrefix(name, "pkg/cmd/clients/gosdk/")
}

// eachFile calls visit with each file of the repository and its slash-separated path.
func eachFile(t *testing.T, visit func(name string, content []byte)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (file == ".git" || file == "bin") {
			return filepath.SkipDir
		}
		if entry.IsDir() || file == ".git" { // .git is a file in a linked worktree
			return nil
		}
		content, err := os.ReadFile(file)
		visit(filepath.ToSlash(file), content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
