package docs_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var repository, _ = filepath.Abs("..")

// block is the text between two fences, and the heading that it stands under.
type block struct{ heading, text string }

var (
	fence       = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	heading     = regexp.MustCompile(`(?m)^#+ (.+)$`)
	codeSpan    = regexp.MustCompile("`([^`\n]+)`")
	link        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	target      = regexp.MustCompile(`(?m)^([a-z]+):`)
	notInAnchor = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// blocksOf returns the fenced blocks of a language.
func blocksOf(markdown, language string) []block {
	var blocks []block
	for _, at := range fence.FindAllStringSubmatchIndex(markdown, -1) {
		if markdown[at[2]:at[3]] != language {
			continue
		}
		above := heading.FindAllStringSubmatch(fence.ReplaceAllString(markdown[:at[0]], ""), -1)
		blocks = append(blocks, block{above[len(above)-1][1], markdown[at[4]:at[5]]})
	}
	return blocks
}

// commandsOf returns the commands in blocks of shell, a command that goes on after a backslash as one line.
func commandsOf(markdown string) []string {
	var commands []string
	for _, b := range blocksOf(markdown, "sh") {
		for line := range strings.Lines(strings.ReplaceAll(b.text, "\\\n", "")) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				commands = append(commands, line)
			}
		}
	}
	return commands
}

// documents calls check with every page of documentation.
func documents(t *testing.T, check func(t *testing.T, markdown string)) {
	files, err := filepath.Glob("../*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("no documentation", err)
	}
	for _, file := range append(files, operatorsFile, threatsFile) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			// Links lead on from the folder of their page.
			check(t, strings.NewReplacer("](../", "](", "]("+operatorsFile, "](docs/"+operatorsFile, "]("+threatsFile, "](docs/"+threatsFile).Replace(read(t, file)))
		})
	}
}

func TestLinks(t *testing.T) {
	documents(t, func(t *testing.T, markdown string) {
		for _, l := range link.FindAllStringSubmatch(markdown, -1) {
			file, anchor, hasAnchor := strings.Cut(l[1], "#")
			if strings.HasPrefix(file, "https://") {
				continue
			}
			if !exists(file) {
				t.Errorf("a link leads to %s, which does not exist", l[1])
				continue
			}
			page := markdown
			if file != "" {
				page = read(t, filepath.Join(repository, file))
			}
			if hasAnchor && !slices.Contains(anchorsOf(page), anchor) {
				t.Errorf("a link leads to %s, where there is no such heading", l[1])
			}
		}
	})
}

// anchorsOf returns the names under which GitHub lets one link to the headings of a page.
func anchorsOf(markdown string) []string {
	var anchors []string
	for _, h := range heading.FindAllStringSubmatch(fence.ReplaceAllString(markdown, ""), -1) {
		anchors = append(anchors, strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
	}
	return anchors
}

// TestPaths looks for the files that are named in code.
func TestPaths(t *testing.T) {
	documents(t, func(t *testing.T, markdown string) {
		for _, word := range codeWords(markdown) {
			word = strings.Trim(word, `"',:;()`)
			if isPath(word) && !exists(word) {
				t.Errorf("%s does not exist", word)
			}
		}
	})
}

// isPath tells the paths of this repository from commands, flags, addresses, and the methods of MCP such as
// tools/list. What is built is left out.
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

func TestMakeTargets(t *testing.T) {
	targets := []string{}
	for _, m := range target.FindAllStringSubmatch(read(t, "../Makefile"), -1) {
		targets = append(targets, m[1])
	}
	documents(t, func(t *testing.T, markdown string) {
		words := codeWords(markdown)
		for i, word := range words[:len(words)-1] {
			if word == "make" && !slices.Contains(targets, words[i+1]) && words[i+1] != end {
				t.Errorf("make %s: there is no such target", words[i+1])
			}
		}
	})
}

// end stands between the words of one piece of code and those of the next.
const end = "\n"

// codeWords returns the words in fenced blocks and code spans.
func codeWords(markdown string) []string {
	var words []string
	for _, f := range fence.FindAllStringSubmatch(markdown, -1) {
		for line := range strings.Lines(f[2]) {
			words = append(append(words, strings.Fields(line)...), end)
		}
	}
	for _, s := range codeSpan.FindAllStringSubmatch(fence.ReplaceAllString(markdown, ""), -1) {
		words = append(append(words, strings.Fields(s[1])...), end)
	}
	return words
}

// exists tells whether the repository has a file, or one that the pattern matches.
func exists(path string) bool {
	found, err := filepath.Glob(filepath.Join(repository, strings.TrimSuffix(path, "/...")))
	return err == nil && len(found) > 0
}
