package chart

import (
	"strings"

	"github.com/perses/mcp-server/pkg/work"
)

// headingSizes are the sizes of headings in pixels: those of browsers for text of 14 (markdown/src/MarkdownPanel.tsx).
var headingSizes = []float64{28, 21, 16.4, bodySize, smallSize, smallSize}

// The measures of Markdown, in pixels.
const (
	markdownGap    = 10 // between two blocks
	markdownIndent = 18 // of an item of a list
	markdownCode   = 8  // around code
)

// maxMarkdown is how many bytes are read: more than the largest picture has room for.
const maxMarkdown = 1 << 16

// drawMarkdown draws the text of a Markdown panel, as much of it as there is room for. An ellipsis stands for the rest.
func drawMarkdown(c canvas, p Panel, _ Options) {
	text := p.Text
	if text == "" {
		text = p.Choice("text", "")
	}
	text = text[:min(len(text), maxMarkdown)]
	if !c.spend(20 * len(text)) {
		return
	}
	all := blocks(text)
	y := 0.0
	for i, b := range all {
		if i > 0 && (b.kind != itemBlock || all[i-1].kind != itemBlock) {
			y += markdownGap
		}
		height, whole := c.at(0, y, c.width, c.height-y).block(b)
		y += height
		if rest := i < len(all)-1; !whole || rest && y+bodySize > c.height {
			if rest || !whole {
				c.at(0, c.height-smallSize, c.width, smallSize).text(ellipsis, textStyle{size: bodySize, color: c.colors.secondary, align: right})
			}
			return
		}
	}
}

// block draws a block from the top, and returns its height and whether there was room for all of it.
func (c canvas) block(b block) (height float64, whole bool) {
	style := textStyle{size: bodySize, color: c.colors.text}
	switch b.kind {
	case headingBlock:
		style.size, style.bold = headingSizes[b.level-1], true
		return c.spans(inline(c.budget, b.text, span{bold: true}, 0), style)
	case itemBlock:
		indent := markdownIndent * float64(min(b.level, 6)+1)
		marker := c.at(indent-markdownIndent, 0, markdownIndent+style.size, style.lineHeight())
		wide := 0.0
		if c.height+1 >= style.lineHeight() { // as spans has it
			marker.text(b.marker, style)
			wide = max(style.measure(b.marker)+4-markdownIndent, 0)
		}
		return c.inset(indent+wide, 0, 0, 0).spans(inline(c.budget, b.text, span{}, 0), style)
	case quoteBlock:
		style.color = c.colors.secondary
		height, whole = c.inset(markdownIndent, 0, 0, 0).spans(inline(c.budget, b.text, span{}, 0), style)
		c.fillRect(4, 0, 3, height, c.colors.divider)
		return height, whole
	case codeBlock:
		return c.code(b.text)
	case ruleBlock:
		c.fillRect(0, 2, c.width, 1, c.colors.divider)
		return 5, true
	case tableBlock:
		return c.markdownTable(b.cells)
	}
	return c.spans(inline(c.budget, b.text, span{}, 0), style)
}

// code draws lines of code upon a background of their own.
func (c canvas) code(text string) (height float64, whole bool) {
	style := textStyle{size: smallSize, color: c.colors.text}
	lines := strings.Split(text, "\n")
	shown := max(min(len(lines), int((c.height-2*markdownCode)/style.lineHeight())), 0)
	height = 2*markdownCode + float64(shown)*style.lineHeight()
	c.at(0, 0, c.width, min(height, c.height)).roundRect(4, c.colors.paper)
	for i, line := range lines[:shown] {
		c.at(markdownCode, markdownCode+float64(i)*style.lineHeight(), c.width-2*markdownCode, style.lineHeight()).text(line, style)
	}
	return height, shown == len(lines)
}

// markdownTable draws a table whose first row is its head.
func (c canvas) markdownTable(rows [][]string) (height float64, whole bool) {
	g := grid{tableLayout: tableLayouts["compact"]}
	for _, name := range rows[0] {
		g.columns = append(g.columns, tableColumn{header: plainOf(c.budget, name)})
	}
	shown := rows[1:]
	if most := int(c.height/g.row) - 1; len(shown) > most {
		shown = shown[:max(most, 0)]
	}
	for _, row := range shown {
		cells := make([]tableCell, len(g.columns))
		for i := range cells {
			cells[i].color = c.colors.text
			if i < len(row) {
				cells[i].text = plainOf(c.budget, row[i])
			}
		}
		g.rows = append(g.rows, cells)
	}
	if c.height >= g.row {
		c.table(g)
	}
	return g.row * float64(len(shown)+1), len(shown) == len(rows)-1
}

// plainOf returns Markdown as text alone.
func plainOf(budget *work.Budget, text string) string {
	var b strings.Builder
	for _, s := range inline(budget, text, span{}, 0) {
		b.WriteString(s.text)
	}
	return b.String()
}

// spans draws text in lines as long as the canvas is wide, and returns their height and whether there was room for all.
func (c canvas) spans(spans []span, style textStyle) (height float64, whole bool) {
	line := style.lineHeight()
	x, y := 0.0, 0.0
	space := false
	next := func() {
		x, y, space = 0, y+line, false
	}
	for _, s := range spans {
		how := c.spanStyle(s, style)
		gap := how.measure(" ")
		for i, row := range strings.Split(s.text, "\n") {
			if i > 0 {
				next()
			}
			if strings.HasPrefix(row, " ") {
				space = true
			}
			for j, word := range strings.Fields(row) {
				space = space || j > 0
				if !c.spend(textCost(word)) {
					return y, false
				}
				word = how.fit(word, c.width)
				width := how.measure(word)
				if space && x > 0 {
					x += gap
				}
				if x > 0 && x+width > c.width {
					next()
				}
				if y+line > c.height+1 {
					return y, false
				}
				if s.code {
					c.at(x-2, y+2, width+4, line-4).roundRect(3, c.colors.paper)
				}
				c.at(x, y, width+1, line).text(word, how)
				x, space = x+width, false
			}
			space = space || strings.HasSuffix(row, " ")
		}
	}
	return y + line, y+line <= c.height+1
}

// spanStyle returns how a span looks among text of a style.
func (c canvas) spanStyle(s span, style textStyle) textStyle {
	style.bold = style.bold || s.bold
	if s.code {
		style.size *= 0.9
	}
	if s.link {
		style.color = c.colors.primary
	}
	return style
}
