package docs_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// placed matches the first line of a Go block: the file that the block belongs in and, if it is a row of a table, the code
// after which the row is inserted.
var placed = regexp.MustCompile(`^// ([\w./]+\.go)(?:, in (.+))?\n`)

// TestGoBlocks compiles each Go block within the file that its first line names. A block without a table is appended.
func TestGoBlocks(t *testing.T) {
	count := 0
	onEachPage(t, func(t *testing.T, p page) {
		for _, b := range p.blocks("go") {
			count++
			at := placed.FindStringSubmatch(b.text)
			if at == nil {
				t.Errorf("the first line must be // FILE or // FILE, in TABLE:\n%s", b.text)
				continue
			}
			file, after := at[1], at[2]
			source := read(t, file)
			if after == "" {
				source += "\n" + b.text
			} else if before, rest, found := strings.Cut(source, after+"\n"); found {
				source = before + after + "\n" + b.text + rest
			} else {
				t.Errorf("%s has no line that ends in %s", file, after)
				continue
			}
			compile(t, file, source)
		}
	})
	if count == 0 {
		t.Error("the pages have no Go blocks")
	}
}

// compile vets the package of a file as if the file had another content.
func compile(t *testing.T, file, source string) {
	t.Helper()
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	mapping, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(repository, file): changed}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{changed: []byte(source), overlay: mapping} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "./"+filepath.Dir(file))
	cmd.Dir = repository
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("a block for %s does not compile: %s", file, output)
	}
}
