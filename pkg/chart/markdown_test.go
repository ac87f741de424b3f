package chart

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/work"
)

func TestMarkdownSamples(t *testing.T) {
	markdown := "# Runbook of **checkout**\n\nCall *the* team of [payments](https://example.org) when `http_errors_total` rises,\nand look at <b>logs</b> &amp; traces.\n\n" +
		"## Steps\n\n1. Look at the graph\n2. Restart `kubectl rollout restart deploy/checkout`\n   - and wait for a minute until all of the pods are there again, which may take a while\n- [x] done\n\n" +
		"> Nothing is as it seems.\n\n```sh\nmake build\n  make test\n```\n\n| Who | When |\n|---|:--:|\n| **Ann** | Monday |\n| Bob | Tuesday |\n\n---\nThe end 日本 Ünïcödé"
	md := Panel{Panel: chart("Markdown", `{}`).Panel, Text: markdown}
	drawSamples(t, []sample{{"markdown", md}})
}

func TestParseMarkdown(t *testing.T) {
	for source, want := range map[string]string{
		"":                                "",
		"one\ntwo\n\nthree":               "text: one two; text: three",
		"one  \ntwo\\\nthree":             "text: one\ntwo\nthree",
		"# A\n### B ##\n#C\n####### D\n#": "heading 1: A; heading 3: B; text: #C ####### D; heading 1: ",
		"A\n===\nB\n---\n---":             "heading 1: A; heading 2: B; rule: ",
		"* * *\n___":                      "rule: ; rule: ",
		"- a\n  b\n  * c\n10) d\n-":       "text in list •: a b; text in list in list •: c; text in list 10): d; text in list •: ",
		"7. a\n1. b\n\n   c":              "text in list 7.: a; text in list 8.: b; text in list: c",
		"- [ ] a\n- [X] b\n- [y] c":       "text in list [ ]: a; text in list [x]: b; text in list •: [y] c",
		"> a\n> b\nc\n\n> - d":            "text quoted: a b c; text in list • quoted: d",
		"```go\na\n\tb\n```\nc":           "code: a\n    b; text: c",
		"~~~\nopen":                       "code: open",
		"    a\n    b":                    "code: a\nb",
		"a | b\n--|:-:\n1 | **2**\n| 3 |": "table: [[a b] [1 2] [3 ]]",
		"a | b\nno table":                 "text: a | b no table",
		"windows\r\n\r\nlines":            "text: windows; text: lines",
		"<center><h1>A</h1>\nB<br/>C</center>\n<!-- gone -->": "text: A\nB\nC",

		"a **b** c":                               "text: a bold(b) c",
		"__b__ and snake_case_name":               "text: bold(b) and snake_case_name",
		"***both*** *it* _it_ ~~no~~":             "text: bold(both) it it no",
		"`a*b*` and ``c`d`` `&amp;`":              "text: code(a*b*) and code(c`d) code(&amp;)",
		"[te**x**t](http://a/b) ![alt](i)":        "text: link(te)link(bold(x))link(t) alt",
		"<https://a.b> www.c.d <b>bold</b><br/>x": "text: link(https://a.b) link(www.c.d) bold\nx",
		"1 < 2 &lt; 3 &amp; <!-- gone -->":        "text: 1 < 2 < 3 & ",
		`\*not\* 2*3*4`:                           "text: *not* 234",
		"a * b * c":                               "text: a * b * c",
		"**open":                                  "text: **open",
		"**a `b` c**":                             "text: bold(a )code(bold(b))bold( c)",
	} {
		var all []string
		for _, b := range parseMarkdown([]byte(source)) {
			how := []string{"text", "heading " + fmt.Sprint(b.level), "code", "rule", "table"}[b.kind] + strings.Repeat(" in list", b.indent)
			if b.marker != "" {
				how += " " + b.marker
			}
			if b.quoted {
				how += " quoted"
			}
			content := b.code
			if b.cells != nil {
				content = fmt.Sprint(b.cells)
			}
			for _, s := range b.spans {
				for _, style := range []struct {
					name string
					has  bool
				}{{"bold", s.bold}, {"code", s.code}, {"link", s.link}} {
					if style.has {
						s.text = style.name + "(" + s.text + ")"
					}
				}
				content += s.text
			}
			all = append(all, how+": "+content)
		}
		if got := strings.Join(all, "; "); got != want {
			t.Errorf("%q:\n got %q\nwant %q", source, got, want)
		}
	}
}

// TestHostileMarkdown draws texts that would keep the parser busy for hours if it read all of them. They are drawn as plain text.
func TestHostileMarkdown(t *testing.T) {
	const size = 100_000
	var stairs, fences strings.Builder
	for i := range 400 {
		stairs.WriteString(strings.Repeat(" ", 2*i) + "- a\n")
		fences.WriteString("a" + strings.Repeat("`", i))
	}
	sources := []string{stairs.String(), fences.String(), strings.Repeat("[", size) + strings.Repeat("]", size), "a" + strings.Repeat("|a", 8000) + "\n-" + strings.Repeat("|-", 8000) + strings.Repeat("\na", 16_000)}
	for _, part := range []string{"[", "*", ">", "`", "> ", "- ", "1. ", "_a*", "a**b", "[a](", "![", "[a][b]", "[a]: b\n", "<", "<a href='", "<!--", "&", "~~a", "a\n=\n", "- a\n", "> - ", "www.a", "\n", "a\n", "\x00"} {
		sources = append(sources, strings.Repeat(part, size))
	}
	sources = append(sources, strings.Repeat("> [a](*b* ", 1<<22/10))
	for _, source := range sources {
		budget, start := work.New(t.Context(), work.Max), time.Now()
		if _, err := Draw(budget, with(chart("Markdown", `{}`), source), Options{Width: 300, Height: 200}); err != nil || time.Since(start) > 10*time.Second {
			t.Errorf("%.20q: took %v and %d units of work: %v", source, time.Since(start), budget.Used(), err)
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
		for _, b := range parseMarkdown([]byte(text)) {
			if b.kind == headingBlock && (b.level < 1 || b.level > len(headingSizes)) {
				t.Errorf("a heading of level %d", b.level)
			}
		}
	})
}
