package chart

import "strings"

// headingSizes are the sizes of headings in pixels: those of browsers for text of 14 (markdown/src/MarkdownPanel.tsx).
var headingSizes = []float64{28, 21, 16.4, bodySize, smallSize, smallSize}

// The measures of Markdown, in pixels.
const (
	markdownGap    = 10 // between two blocks
	markdownIndent = 18 // of an item of a list
	markdownCode   = 8  // around code
)

// maxIndent is the maximum number of nested lists that are shown indented.
const maxIndent = 7

// maxMarkdown is the maximum number of bytes that are read: more than the largest picture has room for.
const maxMarkdown = 1 << 16

// drawMarkdown draws the text of a Markdown panel, as much of it as there is room for. An ellipsis stands for the rest.
func drawMarkdown(c canvas, p Panel, _ Options) {
	source := p.Text
	if source == "" {
		source = p.Choice("text", "")
	}
	source = source[:min(len(source), maxMarkdown)]
	cost := markdownCost(source)
	if cost > maxMarkdownCost {
		c.paragraph(source, textStyle{size: bodySize, color: c.colors.text})
		return
	}
	if !c.spend(cost) {
		return
	}
	blocks := parseMarkdown([]byte(source))
	y := 0.0
	for i, b := range blocks {
		if i > 0 && !b.follows(blocks[i-1]) {
			y += markdownGap
		}
		height, whole := c.at(0, y, c.width, c.height-y).block(b)
		y += height
		if rest := i < len(blocks)-1; !whole || rest && y+bodySize > c.height {
			c.at(0, c.height-smallSize, c.width, smallSize).text(ellipsis, textStyle{size: bodySize, color: c.colors.secondary, align: right})
			return
		}
	}
}

// follows reports whether the block is an item of the list that another block belongs to, so that there is no gap between them.
func (b block) follows(other block) bool {
	return b.marker != "" && other.indent > 0 && b.quoted == other.quoted
}

// block draws a block from the top, and returns its height and whether there was room for all of it.
func (c canvas) block(b block) (height float64, whole bool) {
	style := textStyle{size: bodySize, color: c.colors.text}
	inner := c
	if b.quoted {
		style.color = c.colors.secondary
		inner = inner.inset(markdownIndent, 0, 0, 0)
	}
	if b.indent > 0 {
		inner = inner.inset(markdownIndent*float64(min(b.indent, maxIndent)-1), 0, 0, 0)
		space := float64(markdownIndent)
		if b.marker != "" && c.height+1 >= style.lineHeight() { // the same condition as in spans
			inner.at(0, 0, space+style.size, style.lineHeight()).text(b.marker, style)
			space = max(space, style.measure(b.marker)+4)
		}
		inner = inner.inset(space, 0, 0, 0)
	}
	switch b.kind {
	case headingBlock:
		style.size, style.bold = headingSizes[b.level-1], true
		height, whole = inner.spans(b.spans, style)
	case codeBlock:
		height, whole = inner.code(b.code)
	case ruleBlock:
		inner.fillRect(0, 2, inner.width, 1, c.colors.divider)
		height, whole = 5, true
	case tableBlock:
		height, whole = inner.markdownTable(b.cells)
	default:
		height, whole = inner.spans(b.spans, style)
	}
	if b.quoted {
		c.fillRect(4, 0, 3, height, c.colors.divider)
	}
	return height, whole
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
		g.columns = append(g.columns, tableColumn{header: name})
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
				cells[i].text = row[i]
			}
		}
		g.rows = append(g.rows, cells)
	}
	if c.height >= g.row {
		c.table(g)
	}
	return g.row * float64(len(shown)+1), len(shown) == len(rows)-1
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
