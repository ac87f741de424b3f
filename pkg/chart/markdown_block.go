package chart

import (
	"strings"
)

// block is a part of a Markdown text that begins a line of its own.
type block struct {
	kind   blockKind
	level  int    // of a heading, from 1; of an item of a list, from 0
	marker string // of an item of a list
	text   string // lines of code remain lines, all others are joined
	cells  [][]string
	more   []string // what follows the text while it is read
}

// join puts more text behind that of the block.
func (b *block) join(joint, text string) {
	if joint == "\n" {
		last := &b.text
		if len(b.more) > 0 {
			last = &b.more[len(b.more)-1]
		}
		*last = strings.TrimSuffix(*last, `\`)
	}
	b.more = append(b.more, joint, text)
}

type blockKind int

const (
	plainBlock blockKind = iota
	headingBlock
	itemBlock
	quoteBlock
	codeBlock
	ruleBlock
	tableBlock
)

var (
	headingLine = lazily(`^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$`)
	ruleLine    = lazily(`^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$`)
	itemLine    = lazily(`^([ \t]*)([-*+]|\d{1,9}[.)])(?:[ \t]+(.*))?$`)
	taskText    = lazily(`^\[([ xX])\][ \t]+`)
	fenceLine   = lazily("^ {0,3}(```+|~~~+)")
	tableLine   = lazily(`^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$`)
	setextLine  = lazily(`^ {0,3}(=+|-+)[ \t]*$`)
)

// blocks reads as much of Markdown as dashboards make use of; marked, with which the UI reads it, knows more.
func blocks(text string) []block {
	var all []block
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	open := false // whether the last block goes on with a line of plain text
	add := func(b block, goesOn bool) {
		all, open = append(all, b), goesOn
	}
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(lines[i], " \t")
		switch {
		case line == "":
			open = false
		case fenceLine().MatchString(line):
			fence := strings.TrimSpace(fenceLine().FindString(line))
			var inside []string
			for i++; i < len(lines) && !strings.HasPrefix(strings.TrimSpace(lines[i]), fence); i++ {
				inside = append(inside, strings.ReplaceAll(lines[i], "\t", "    "))
			}
			add(block{kind: codeBlock, text: strings.Join(inside, "\n")}, false)
		case headingLine().MatchString(line):
			match := headingLine().FindStringSubmatch(line)
			add(block{kind: headingBlock, level: len(match[1]), text: match[2]}, false)
		case open && all[len(all)-1].kind == plainBlock && setextLine().MatchString(line):
			last := &all[len(all)-1]
			last.kind, last.level, open = headingBlock, 1, false
			if strings.Contains(line, "-") {
				last.level = 2
			}
		case ruleLine().MatchString(line):
			add(block{kind: ruleBlock}, false)
		case itemLine().MatchString(line):
			match := itemLine().FindStringSubmatch(line)
			item := block{kind: itemBlock, level: len(strings.ReplaceAll(match[1], "\t", "    ")) / 2, marker: "•", text: match[3]}
			if digit := match[2][0]; digit >= '0' && digit <= '9' {
				item.marker = match[2]
			}
			if task := taskText().FindStringSubmatch(item.text); task != nil {
				item.text = item.text[len(task[0]):]
				if item.marker = "[ ]"; task[1] != " " {
					item.marker = "[x]"
				}
			}
			add(item, true)
		case strings.HasPrefix(strings.TrimSpace(line), ">"):
			content := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "> "))
			if open && all[len(all)-1].kind == quoteBlock {
				all[len(all)-1].join(" ", content)
			} else {
				add(block{kind: quoteBlock, text: content}, true)
			}
		case strings.Contains(line, "|") && i+1 < len(lines) && strings.Contains(lines[i+1], "-") && tableLine().MatchString(lines[i+1]):
			cells := [][]string{cellsOf(line)}
			for i += 2; i < len(lines) && strings.Contains(lines[i], "|"); i++ {
				cells = append(cells, cellsOf(lines[i]))
			}
			i--
			add(block{kind: tableBlock, cells: cells}, false)
		case open:
			joint := " "
			if strings.HasSuffix(lines[i-1], "  ") || strings.HasSuffix(lines[i-1], `\`) {
				joint = "\n"
			}
			all[len(all)-1].join(joint, strings.TrimSpace(line))
		default:
			add(block{kind: plainBlock, text: strings.TrimSpace(line)}, true)
		}
	}
	for i := range all {
		all[i].text += strings.Join(all[i].more, "")
		all[i].more = nil
	}
	return all
}

// cellsOf returns the cells of a row of a table.
func cellsOf(line string) []string {
	cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}
