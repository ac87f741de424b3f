package chart

import (
	"bytes"
	"html"
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// block is a part of a Markdown text that begins on a line of its own.
type block struct {
	kind   blockKind
	level  int    // of a heading, from 1
	indent int    // the number of lists around the block
	marker string // of the first block of a list item
	quoted bool
	spans  []span
	code   string
	cells  [][]string
}

type blockKind int

const (
	textBlock blockKind = iota
	headingBlock
	codeBlock
	ruleBlock
	tableBlock
)

// span is a piece of text that looks the same throughout. A line feed in it begins a new line.
type span struct {
	text             string
	bold, code, link bool
}

// markdownParser reads GitHub's dialect, as the UI does.
var markdownParser = sync.OnceValue(func() parser.Parser {
	return goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()
})

// parseMarkdown returns the blocks of a Markdown text. See markdownCost for how long it takes.
func parseMarkdown(source []byte) []block {
	r := markdownReader{source: source}
	r.read(markdownParser().Parse(text.NewReader(source)), block{})
	return r.blocks
}

type markdownReader struct {
	source []byte
	blocks []block
	marker string // of the list item that has no block yet
}

// add appends a block, with the marker of its list item if it is the first block there.
func (r *markdownReader) add(b block) {
	b.marker, r.marker = r.marker, ""
	r.blocks = append(r.blocks, b)
}

// read appends the blocks of a node. The quotation and the lists around it are those of b.
func (r *markdownReader) read(node ast.Node, b block) {
	switch n := node.(type) {
	case *ast.Heading:
		b.kind, b.level, b.spans = headingBlock, n.Level, r.spans(n, span{})
		r.add(b)
		return
	case *ast.Paragraph, *ast.TextBlock:
		b.spans = r.spans(n, span{})
		r.add(b)
		return
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		b.kind, b.code = codeBlock, strings.ReplaceAll(strings.TrimSuffix(r.lines(n), "\n"), "\t", "    ")
		r.add(b)
		return
	case *ast.HTMLBlock:
		if shown := strings.TrimSpace(htmlText(r.lines(n))); shown != "" {
			b.spans = []span{{text: shown}}
			r.add(b)
		}
		return
	case *ast.ThematicBreak:
		b.kind = ruleBlock
		r.add(b)
		return
	case *tables.Table:
		b.kind = tableBlock
		for row := n.FirstChild(); row != nil; row = row.NextSibling() {
			var cells []string
			for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
				var plain strings.Builder
				for _, s := range r.spans(cell, span{}) {
					plain.WriteString(s.text)
				}
				cells = append(cells, plain.String())
			}
			b.cells = append(b.cells, cells)
		}
		r.add(b)
		return
	case *ast.Blockquote:
		b.quoted = true
	case *ast.List:
		b.indent++
		number := n.Start
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			r.marker = "•"
			if n.IsOrdered() {
				r.marker = strconv.Itoa(number) + string(n.Marker)
				number++
			}
			if !item.HasChildren() {
				r.add(b)
			}
			r.read(item, b)
		}
		return
	}
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		r.read(child, b)
	}
}

// lines returns the lines of a block that are not Markdown.
func (r *markdownReader) lines(n ast.Node) string {
	return string(n.Lines().Value(r.source))
}

// spans returns the text in a node. There are no slanted and no struck letters in pictures, and of links and images only their
// text is shown.
func (r *markdownReader) spans(node ast.Node, style span) []span {
	var spans []span
	add := func(text string) {
		s := style
		s.text = text
		spans = append(spans, s)
	}
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		inner := style
		switch n := child.(type) {
		case *ast.Text:
			value := n.Value(r.source)
			if !style.code {
				value = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(value)))
			}
			switch {
			case n.HardLineBreak():
				value = append(bytes.Clone(value), '\n')
			case n.SoftLineBreak():
				value = append(bytes.Clone(value), ' ')
			}
			add(string(value))
			continue
		case *ast.String:
			add(string(n.Value))
			continue
		case *ast.AutoLink:
			spans = append(spans, span{string(n.Label(r.source)), style.bold, style.code, true})
			continue
		case *ast.RawHTML:
			add(htmlText(string(n.Segments.Value(r.source))))
			continue
		case *tables.TaskCheckBox:
			r.marker = "[ ]"
			if n.IsChecked {
				r.marker = "[x]"
			}
			continue
		case *ast.CodeSpan:
			inner.code = true
		case *ast.Emphasis:
			inner.bold = style.bold || n.Level > 1
		case *ast.Link:
			inner.link = true
		}
		spans = append(spans, r.spans(child, inner)...)
	}
	return spans
}

var (
	htmlBreak = lazily(`(?i)(?:(?:<br\b[^<>]*>|</(?:p|div|h[1-6]|li|tr|table|ul|ol|center|pre)>)\s*)+`)
	htmlTag   = lazily(`(?s)<!--.*?-->|</?[a-zA-Z][^<>]*>`)
)

// htmlText returns the text in HTML, in lines.
func htmlText(source string) string {
	broken := htmlBreak().ReplaceAllString(strings.ReplaceAll(source, "\n", " "), "\n")
	return html.UnescapeString(htmlTag().ReplaceAllString(broken, ""))
}
