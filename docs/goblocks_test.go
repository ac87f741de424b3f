package docs_test

import (
	"encoding/json"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// placed matches the first line of a Go block: the file that the block belongs in and, if it is a row of a table, the code
// after which the row is inserted.
var placed = regexp.MustCompile(`^// ([\w./]+\.go)(?:, in (.+))?\n`)

// TestGoBlocks compiles the packages with all Go blocks added to the files that their first lines name. A block without a table is
// appended.
func TestGoBlocks(t *testing.T) {
	sources := map[string]string{}
	onEachPage(t, func(t *testing.T, p page) {
		for _, b := range p.blocks("go") {
			at := placed.FindStringSubmatch(b.text)
			if at == nil {
				t.Errorf("the first line must be // FILE or // FILE, in TABLE:\n%s", b.text)
				continue
			}
			file, after := at[1], at[2]
			source, changed := sources[file]
			if !changed {
				source = read(t, file)
			}
			if before, rest, found := strings.Cut(source, after+"\n"); after != "" && found {
				sources[file] = before + after + "\n" + b.text + rest
			} else if after == "" {
				sources[file] = source + "\n" + b.text
			} else {
				t.Errorf("%s has no line that ends in %s", file, after)
			}
		}
	})
	if len(sources) == 0 {
		t.Fatal("the pages have no Go blocks")
	}
	dir, replace := t.TempDir(), map[string]string{}
	args := []string{"build", "-overlay", filepath.Join(dir, "overlay.json")}
	for file, source := range sources {
		changed := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		writeFile(t, changed, source)
		replace[filepath.Join(repository, file)] = changed
		args = append(args, "./"+path.Dir(file))
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, args[2], string(overlay))
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = repository
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the Go blocks do not compile: %s", output)
	}
}

// TestPicture checks that the picture of packages shows every package.
func TestPicture(t *testing.T) {
	picture := readPage(t, "docs/architecture.md").blocks("")[0].text
	for _, dir := range packages(t) {
		name := regexp.QuoteMeta(dir) + "|" + regexp.QuoteMeta(path.Base(dir))
		if !regexp.MustCompile(`(?m)^ *(` + name + `) {2,}\S`).MatchString(picture) {
			t.Errorf("the picture in docs/architecture.md does not show %s", dir)
		}
	}
}

// packages returns the folders of the packages that have code other than tests, except the root.
func packages(t *testing.T) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-f", `{{if .GoFiles}}{{.ImportPath}}{{end}}`, "./...")
	cmd.Dir = repository
	output, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for _, name := range strings.Fields(string(output)) {
		if dir, below := strings.CutPrefix(name, "github.com/perses/mcp-server/"); below {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
