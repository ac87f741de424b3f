package chart

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestMarkdownSamples(t *testing.T) {
	markdown := "# Runbook of **checkout**\n\nCall *the* team of [payments](https://example.org) when `http_errors_total` rises,\nand look at <b>logs</b> &amp; traces.\n\n" +
		"## Steps\n\n1. Look at the graph\n2. Restart `kubectl rollout restart deploy/checkout`\n   - and wait for a minute until all of the pods are there again, which may take a while\n- [x] done\n\n" +
		"> Nothing is as it seems.\n\n```sh\nmake build\n  make test\n```\n\n| Who | When |\n|---|:--:|\n| **Ann** | Monday |\n| Bob | Tuesday |\n\n---\nThe end 日本 Ünïcödé"
	md := Panel{Panel: chart("Markdown", `{}`).Panel, Text: markdown}
	drawSamples(t, []sample{{"markdown", md}})
}

func TestBlocks(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"one\ntwo\n\nthree":                "0 one two|0 three",
		"one  \ntwo\\\nthree":              "0 one\ntwo\nthree",
		"# A\n### B ##\n#C\n####### D\n#":  "1.1 A|1.3 B|0 #C ####### D|1.1 ",
		"A\n===\nB\n---\n---":              "1.1 A|1.2 B|5 ",
		"* * *\n___":                       "5 |5 ",
		"- a\n  b\n  * c\n10) d\n-":        "2.0• a b|2.1• c|2.010) d|2.0• ",
		"- [ ] a\n- [X] b\n- [y] c":        "2.0[ ] a|2.0[x] b|2.0• [y] c",
		"> a\n> b\nc\n\n>d":                "3 a b c|3 d",
		"```go\na\n\tb\n```\nc":            "4 a\n    b|0 c",
		"~~~\nopen":                        "4 open",
		"a | b\n--|:-:\n1 | 2\n| 3 |\nend": "6 [[a b] [1 2] [3]]|0 end",
		"a | b\nno table":                  "0 a | b no table",
		"windows\r\n\r\nlines":             "0 windows|0 lines",
	} {
		var all []string
		for _, b := range blocks(text) {
			line := fmt.Sprint(int(b.kind))
			if b.kind == headingBlock || b.kind == itemBlock {
				line += fmt.Sprintf(".%d%s", b.level, b.marker)
			}
			if b.kind == tableBlock {
				b.text = fmt.Sprint(b.cells)
			}
			all = append(all, line+" "+b.text)
		}
		if got := strings.Join(all, "|"); got != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestInline(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                            "plain",
		"a **b** c":                        "a |B:b| c",
		"__b__ and snake_case_name":        "B:b| and snake_case_name",
		"***both*** *it* _it_ ~~no~~":      "B:both| |it| |it| |no",
		"`a*b*` and ``c`d``":               "C:a*b*| and |C:c`d",
		"[te**x**t](http://a/b) ![alt](i)": "L:te|BL:x|L:t| |alt",
		"<https://a.b> <b>bold</b><br/>x":  "L:https://a.b| |bold|\n|x",
		"1 < 2 &lt; 3 &amp; <!-- gone -->": "1 < 2 < 3 & ",
		`\*not\* 2*3*4`:                    "*|not|*| 2|3|4",
		"a * b * c":                        "a * b * c",
		"**open":                           "**open",
		"**a `b` c**":                      "B:a |BC:b|B: c",
	} {
		var all []string
		for _, s := range inline(worktest.Budget(), text, span{}, 0) {
			mark := ""
			if s.bold {
				mark += "B"
			}
			if s.code {
				mark += "C"
			}
			if s.link {
				mark += "L"
			}
			if mark != "" {
				mark += ":"
			}
			all = append(all, mark+s.text)
		}
		if got := strings.Join(all, "|"); got != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

// FuzzMarkdown reads any text, and draws it.
func FuzzMarkdown(f *testing.F) {
	f.Add("# a **b** `c`\n- [x] d\n\t2. e\n> f\n\n```\ng\n```\n|h|i|\n|-|-|\n|j|\n***\nk\n===\n[l](m) <br> &amp;")
	f.Add(strings.Repeat("**a ", 50) + strings.Repeat("[", 50) + strings.Repeat("<", 50))
	f.Fuzz(func(t *testing.T, text string) {
		p := Panel{Panel: chart("Markdown", `{}`).Panel, Text: text}
		kindPixels(p, 150, 100, Light)
		for _, b := range blocks(text) {
			if b.kind == headingBlock && (b.level < 1 || b.level > len(headingSizes)) {
				t.Errorf("a heading of level %d", b.level)
			}
		}
	})
}
