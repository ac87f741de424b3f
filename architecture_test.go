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

// mayImport says which packages of this module each may import, test files aside. They stand from the top to
// the bottom of the picture in README.md, and each row names only what stands below it.
var mayImport = map[string][]string{
	".":                           {"pkg/config", "pkg/gctuning", "pkg/perses", "pkg/server", "pkg/telemetry", "tools"},
	"pkg/config":                  {"pkg/nearest", "pkg/perses"},
	"pkg/server/servertest":       {"pkg/perses", "pkg/server", "tools"},
	"pkg/server":                  {"pkg/perses", "pkg/quota", "pkg/telemetry", "resources", "tools", "pkg/work"},
	"resources":                   {"pkg/nearest", "pkg/perses"},
	"tools":                       {"pkg/chart", "pkg/dashboard", "pkg/dashboard/edit", "pkg/dashboard/grafana", "pkg/dashboard/lint", "pkg/dashboard/summary", "pkg/dashboard/sketch", "pkg/dashboard/uses", "pkg/nearest", "pkg/panel", "pkg/parallel", "pkg/perses", "pkg/plugin", "pkg/promql", "pkg/query", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/panel":                   {"pkg/dashboard", "pkg/nearest", "pkg/parallel", "pkg/perses", "pkg/query", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/query":                   {"pkg/nearest", "pkg/perses", "pkg/series", "pkg/work"},
	"pkg/perses":                  {"pkg/dashboard", "pkg/dashboard/uses", "pkg/nearest", "pkg/parallel", "pkg/quota", "pkg/unit", "pkg/work"},
	"pkg/chart":                   {"pkg/dashboard", "pkg/parallel", "pkg/series", "pkg/unit", "pkg/work"},
	"pkg/dashboard/grafana":       {"pkg/dashboard", "pkg/nearest", "pkg/variable", "pkg/work"},
	"pkg/dashboard/summary":       {"pkg/dashboard", "pkg/dashboard/sketch", "pkg/dashboard/uses", "pkg/promql", "pkg/unit", "pkg/work"},
	"pkg/dashboard/uses":          {"pkg/dashboard", "pkg/promql", "pkg/variable", "pkg/work"},
	"pkg/dashboard/lint/linttest": {"pkg/dashboard/lint"},
	"pkg/dashboard/lint":          {"pkg/dashboard", "pkg/nearest", "pkg/parallel", "pkg/promql", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/dashboard/edit":          {"pkg/dashboard", "pkg/dashboard/sketch", "pkg/nearest", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/dashboard/sketch":        {"pkg/dashboard", "pkg/nearest", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/dashboard":               {"pkg/nearest", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"},
	"pkg/plugin":                  {"pkg/work"},
	"pkg/promql":                  {"pkg/variable", "pkg/work"},
	"pkg/telemetry/telemetrytest": nil,
	"pkg/telemetry":               nil,
	"pkg/series":                  nil,
	"pkg/unit":                    nil,
	"pkg/variable":                {"pkg/work"},
	"pkg/gctuning":                 nil,
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

// withoutNetwork are the packages that only compute. Perses' models are let in, its client is not.
var withoutNetwork = []string{"pkg/chart", "pkg/dashboard", "pkg/dashboard/edit", "pkg/dashboard/grafana", "pkg/dashboard/lint", "pkg/dashboard/summary", "pkg/dashboard/sketch", "pkg/dashboard/uses", "pkg/nearest", "pkg/parallel", "pkg/plugin", "pkg/promql", "pkg/quota", "pkg/series", "pkg/unit", "pkg/variable", "pkg/work"}

// reachesOut tells whether an imported package, or what is below it, reaches beyond the process.
func reachesOut(imported string) bool {
	if imported == "net/url" || imported == "net/netip" { // these only read addresses
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
			t.Fatalf("%s: say in mayImport what package %s may import", name, dir)
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

// TestPanicsAreTheCallers has what serves calls start goroutines by pkg/parallel alone: a panic in another would end the process.
func TestPanicsAreTheCallers(t *testing.T) {
	eachFile(t, func(name string, content []byte) {
		// Those of pkg/server read and listen, for longer than any call.
		if dir := path.Dir(name); !isProduct(name) || dir == "pkg/parallel" || dir == "pkg/server" || strings.HasPrefix(dir, "pkg/persestest") || strings.HasPrefix(dir, "pkg/cmd/") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.GoStmt:
				t.Errorf("%s has a go statement: want pkg/parallel", name)
			case *ast.SelectorExpr:
				if n.Sel.Name == "WaitGroup" || n.Sel.Name == "Group" && fmt.Sprint(n.X) == "errgroup" {
					t.Errorf("%s has a %s: want pkg/parallel", name, n.Sel.Name)
				}
			}
			return true
		})
	})
}

// maxLines is where a file has more than one subject.
const maxLines = 400

func TestFilesAreSmall(t *testing.T) {
	eachFile(t, func(name string, content []byte) {
		if lines := bytes.Count(content, []byte("\n")); isProduct(name) && lines > maxLines {
			t.Errorf("%s has %d lines, more than %d: split it by subject", name, lines, maxLines)
		}
	})
}

// TestFilesNameNoMachine keeps paths of somebody's machine out of the repository.
func TestFilesNameNoMachine(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	machine := regexp.MustCompile(`/(home|root|Users)/\w|\b[A-Z]:\\\w|` + regexp.QuoteMeta(here))
	eachFile(t, func(name string, content []byte) {
		if found := machine.Find(content); found != nil {
			t.Errorf("%s names %q", name, found)
		}
	})
}

// isProduct tells the Go files that make up programs and libraries from those of tests.
func isProduct(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.Contains(name, "/testdata/") && !strings.HasPrefix(name, "pkg/cmd/clients/gosdk/")
}

// eachFile visits the files of the repository by their names with slashes.
func eachFile(t *testing.T, visit func(name string, content []byte)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (file == ".git" || file == "bin") {
			return filepath.SkipDir
		}
		if entry.IsDir() || file == ".git" { // which is a file in a second worktree
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
