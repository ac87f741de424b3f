// Package docs_test keeps the documentation true: tables are generated from the code, commands and configurations are run,
// Go blocks are compiled, and links and paths exist.
package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
)

func TestMain(m *testing.M) { persestest.Main(m) }

var repository, _ = filepath.Abs("..")

// page is a page of the documentation. Its file is a path in the repository, such as docs/hosts.md.
type page struct{ file, text string }

// block is a fenced block, and the heading above it.
type block struct{ heading, text string }

var (
	fence    = regexp.MustCompile("(?ms)^ *```(\\w*)\n(.*?)^ *```$")
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	codeSpan = regexp.MustCompile("`([^`\n]+)`")
)

// pages returns all pages of the documentation.
func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		files, err := filepath.Glob(filepath.Join(repository, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no pages match %s: %v", pattern, err)
		}
		for _, file := range files {
			name, err := filepath.Rel(repository, file)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, readPage(t, filepath.ToSlash(name)))
		}
	}
	return all
}

// onEachPage runs check as a subtest for each page.
func onEachPage(t *testing.T, check func(t *testing.T, p page)) {
	for _, p := range pages(t) {
		t.Run(p.file, func(t *testing.T) { check(t, p) })
	}
}

func readPage(t *testing.T, file string) page { return page{file, read(t, file)} }

// read returns the content of a file of the repository.
func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// blocks returns the fenced blocks of a language.
func (p page) blocks(language string) []block {
	var found []block
	for _, at := range fence.FindAllStringSubmatchIndex(p.text, -1) {
		if p.text[at[2]:at[3]] != language {
			continue
		}
		above := page{text: p.text[:at[0]]}.headings()
		found = append(found, block{above[len(above)-1], p.text[at[4]:at[5]]})
	}
	return found
}

// headings returns the headings outside of fenced blocks.
func (p page) headings() []string {
	var found []string
	for _, h := range heading.FindAllStringSubmatch(fence.ReplaceAllString(p.text, ""), -1) {
		found = append(found, h[1])
	}
	return found
}

// commands returns the commands of the shell blocks. A command that continues after a backslash is one line.
func (p page) commands() []string {
	var found []string
	for _, b := range p.blocks("sh") {
		for line := range strings.Lines(strings.ReplaceAll(b.text, "\\\n", "")) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				found = append(found, line)
			}
		}
	}
	return found
}

// code returns the words of each line in a fenced block and of each code span.
func (p page) code() [][]string {
	var found [][]string
	for _, f := range fence.FindAllStringSubmatch(p.text, -1) {
		for line := range strings.Lines(f[2]) {
			found = append(found, strings.Fields(line))
		}
	}
	for _, s := range codeSpan.FindAllStringSubmatch(fence.ReplaceAllString(p.text, ""), -1) {
		found = append(found, strings.Fields(s[1]))
	}
	return found
}

// testsIn returns the names of the tests in a folder of the repository and, if deep, in the folders below it.
func testsIn(t *testing.T, dir string, deep bool) []string {
	t.Helper()
	root := filepath.Join(repository, dir)
	var names []string
	err := filepath.WalkDir(root, func(file string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && file != root && (!deep || entry.Name() == "bin" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(file)
		for _, f := range testFunc.FindAllStringSubmatch(string(content), -1) {
			names = append(names, f[1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

var testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
