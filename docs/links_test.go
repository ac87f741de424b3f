package docs_test

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/tools"
)

var (
	link        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	target      = regexp.MustCompile(`(?m)^([a-z]+):`)
	notInAnchor = regexp.MustCompile(`[^a-z0-9 _-]`)
	toolName    = regexp.MustCompile(`\bperses_[a-z_]+[a-z]\b`)
)

// TestLinks checks that every link leads to a file and heading of the repository, or to an https address.
func TestLinks(t *testing.T) {
	onEachPage(t, func(t *testing.T, p page) {
		for _, l := range link.FindAllStringSubmatch(p.text, -1) {
			file, anchor, hasAnchor := strings.Cut(l[1], "#")
			if strings.HasPrefix(file, "https://") {
				continue
			}
			to := p
			if file != "" {
				if file = path.Join(path.Dir(p.file), file); !exists(file) {
					t.Errorf("%s does not exist", l[1])
					continue
				}
				to = readPage(t, file)
			}
			if hasAnchor && !slices.Contains(to.anchors(), anchor) {
				t.Errorf("%s: there is no such heading", l[1])
			}
		}
	})
}

// anchors returns the names by which GitHub links to the headings of the page.
func (p page) anchors() []string {
	var found []string
	for _, h := range p.headings() {
		found = append(found, strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(h), ""), " ", "-"))
	}
	return found
}

// TestPaths checks that the files named in code exist.
func TestPaths(t *testing.T) {
	onEachPage(t, func(t *testing.T, p page) {
		for _, words := range p.code() {
			for _, word := range words {
				word = strings.Trim(word, `"',:;()`)
				if isPath(word) && !exists(word) {
					t.Errorf("%s does not exist", word)
				}
			}
		}
	})
}

// isPath reports whether a word is a path in this repository, as opposed to a command, a flag, an address, or a method of MCP
// such as tools/list. What is built is left out.
func isPath(word string) bool {
	top, below, inFolder := strings.Cut(strings.TrimPrefix(word, "./"), "/")
	switch {
	case top == "" || top == "..." || top == "bin":
		return false
	case slices.Contains([]string{"call", "list", "read", "templates/list"}, below):
		return false
	case strings.HasPrefix(word, "./"):
		return true
	case inFolder:
		return exists(top)
	}
	return strings.HasSuffix(word, ".go") || strings.HasSuffix(word, ".md")
}

// exists reports whether the repository has a file, or one that matches the pattern.
func exists(path string) bool {
	found, err := filepath.Glob(filepath.Join(repository, strings.TrimSuffix(path, "/...")))
	return err == nil && len(found) > 0
}

// TestMakeTargets checks that the Makefile has the targets that pages name.
func TestMakeTargets(t *testing.T) {
	var targets []string
	for _, m := range target.FindAllStringSubmatch(read(t, "Makefile"), -1) {
		targets = append(targets, m[1])
	}
	onEachPage(t, func(t *testing.T, p page) {
		for _, words := range p.code() {
			for i, word := range words {
				if word == "make" && i+1 < len(words) && !slices.Contains(targets, words[i+1]) {
					t.Errorf("make %s: there is no such target", words[i+1])
				}
			}
		}
	})
}

// TestGoTestCommands checks that the tests selected by -run and -fuzz exist in the package that is tested.
func TestGoTestCommands(t *testing.T) {
	onEachPage(t, func(t *testing.T, p page) {
		for _, words := range p.code() {
			if len(words) < 3 || words[0] != "go" || words[1] != "test" {
				continue
			}
			for i, word := range words[:len(words)-1] {
				if word != "-run" && word != "-fuzz" || words[i+1] == "'^$'" {
					continue
				}
				selects := regexp.MustCompile(words[i+1])
				if !slices.ContainsFunc(testsIn(t, strings.TrimPrefix(words[2], "./"), false), selects.MatchString) {
					t.Errorf("%s: no test matches %s", strings.Join(words, " "), words[i+1])
				}
			}
		}
	})
}

// TestToolNames checks that the tools named anywhere exist.
func TestToolNames(t *testing.T) {
	known := []string{"perses_server", "perses_mcp", "perses_count_projects"} // a key of the configuration, the namespace of the metrics, an example
	for _, tool := range tools.All(tools.Options{}) {
		known = append(known, tool.Name)
	}
	onEachPage(t, func(t *testing.T, p page) {
		for _, name := range toolName.FindAllString(p.text, -1) {
			if !strings.HasPrefix(name, "perses_mcp_") && !strings.HasPrefix(name, "perses_http") && !slices.Contains(known, name) {
				t.Errorf("there is no tool %s", name)
			}
		}
	})
}
