package chart

import (
	"image/color"
	"regexp"
)

// The measures of a log, in pixels: logstable/src/components/LogRow.
const (
	logEdge    = 4 // the colour of the severity
	logPadding = 8
	logGap     = 4
)

// severities are the words for how grave a line is, the gravest first, and what colour they have
// (logstable/src/components/utils.ts, which looks for them in the label level).
var severities = []struct {
	words func() *regexp.Regexp
	color func(*palette) color.NRGBA
}{
	{lazily(`(?i)\b(critical|emerg|fatal|alert|crit|error|eror|err)\b`), func(p *palette) color.NRGBA { return p.failure }},
	{lazily(`(?i)\b(warn|warning)\b`), func(p *palette) color.NRGBA { return p.warning }},
	{lazily(`(?i)\b(info|information|notice|debug|dbug)\b`), func(p *palette) color.NRGBA { return p.primary }},
}

// level is where a line names its severity.
var level = lazily(`(?i)\b(?:level|lvl|severity)"?\s*[=:]\s*"?(\w+)`)

// drawLogs draws a LogsTable: its lines, the newest first.
func drawLogs(c canvas, p Panel, _ Options) {
	if len(p.Lines) == 0 {
		c.noData()
		return
	}
	style := textStyle{size: smallSize, color: c.colors.text}
	inner := c.width - logEdge - logPadding
	wrap := p.Flag("allowWrap", false)
	y := 0.0
	for i, text := range p.Lines {
		room := c.height - y
		if i < len(p.Lines)-1 { // for saying that there are more
			room -= logGap + style.lineHeight()
		}
		most := int(room / style.lineHeight())
		if most < 1 && i > 0 {
			c.at(logEdge+logPadding, y, inner, style.lineHeight()).rest(len(p.Lines) - i)
			return
		}
		lines := []string{text}
		if wrap {
			lines = style.wrap(text, inner, max(most, 1))
		}
		height := style.lineHeight() * float64(max(len(lines), 1))
		c.fillRect(0, y, logEdge, height, c.colors.severity(text))
		for j, line := range lines {
			c.at(logEdge+logPadding, y+float64(j)*style.lineHeight(), inner, style.lineHeight()).text(line, style)
		}
		y += height + logGap
	}
}

// severity returns the colour of a line of a log: of the level that it names, or else of the gravest word in it.
func (p *palette) severity(line string) color.NRGBA {
	if named := level().FindStringSubmatch(line); named != nil {
		line = named[1]
	}
	for _, s := range severities {
		if s.words().MatchString(line) {
			return s.color(p)
		}
	}
	return p.secondary
}
