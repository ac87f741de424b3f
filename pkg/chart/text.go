package chart

import (
	"image/color"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/golang/freetype/truetype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// pixelsPerPoint is the resolution at which the rasteriser's points are pixels: it counts 64 of them an inch.
const pixelsPerPoint = 64

// The sizes of text in the UI, in pixels: components/src/theme/typography.ts of perses/shared.
const (
	headingSize = 20 // h2: of rows
	titleSize   = 16 // subtitle1: of panels
	bodySize    = 14 // body1
	smallSize   = 12 // body2, and what stands at axes
)

// capHeight is how high capitals are, and what a line takes, as parts of the size.
const (
	capHeight  = 0.711
	lineHeight = 1.43
)

const ellipsis = "…"

// replacement stands for what no font can show.
const replacement = '\uFFFD'

// align says where in its rectangle a text stands.
type align int

const (
	left align = iota
	center
	right
)

// textStyle says how a text is drawn.
type textStyle struct {
	size  float64 // in pixels
	color color.NRGBA
	bold  bool
	align align
}

// text draws one line of text in the middle of the canvas' height. Of what is too wide the end becomes an ellipsis.
func (c canvas) text(text string, s textStyle) {
	if !c.spend(textCost(text)) {
		return
	}
	text = s.fit(text, c.width)
	if text == "" {
		return
	}
	x := 0.0
	if s.align != left {
		x = c.width - s.measure(text)
	}
	if s.align == center {
		x /= 2
	}
	c.mark(x, c.height/2-s.size/2, s.measure(text), s.size, mark{text: text, bold: s.bold, color: s.color})
	c.glyphs(text, s, x, c.height/2+s.size*capHeight/2)
}

// textUp draws one line of text that reads from the bottom to the top, in the middle of the canvas.
func (c canvas) textUp(text string, s textStyle) {
	if !c.spend(textCost(text)) {
		return
	}
	text = s.fit(text, c.height)
	length := s.measure(text)
	c.mark(c.width/2-s.size/2, c.height/2-length/2, s.size, length, mark{text: text, bold: s.bold, upwards: true, color: s.color})
	c.paths.Save()
	c.paths.Translate(c.x+c.width/2+s.size*capHeight/2, c.y+c.height/2+length/2)
	c.paths.Rotate(-math.Pi / 2)
	c.x, c.y = 0, 0
	c.glyphs(text, s, 0, 0)
	c.paths.Restore()
}

// paragraph draws text from the top in as many lines as the canvas has room for, and returns their height.
func (c canvas) paragraph(text string, s textStyle) float64 {
	height := s.lineHeight()
	if !c.spend(20 * min(len(text), longestOfLines)) {
		return 0
	}
	lines := s.wrap(text, c.width, int(c.height/height))
	for i, line := range lines {
		c.at(0, float64(i)*height, c.width, height).text(line, s)
	}
	return float64(len(lines)) * height
}

// message draws a text in the middle of the canvas, in several lines if need be.
func (c canvas) message(text string, s textStyle) {
	s.align = center
	lines := s.wrap(text, c.width, max(int(c.height/s.lineHeight()), 1))
	height := float64(len(lines)) * s.lineHeight()
	c.at(0, (c.height-height)/2, c.width, height).paragraph(text, s)
}

func (c canvas) glyphs(text string, s textStyle, x, baseline float64) {
	x += c.x
	if !finite(x, c.y+baseline) {
		return
	}
	c.paths.SetFontSize(s.size)
	for font, run := range s.runs(text) {
		c.paths.SetFont(font)
		advance, err := c.paths.CreateStringPath(run, x, c.y+baseline)
		if err != nil { // a font that is broken
			return
		}
		x += advance
	}
	c.fillPath(s.color)
}

// lineHeight is the distance between two lines.
func (s textStyle) lineHeight() float64 {
	return math.Round(s.size * lineHeight)
}

// measure returns the width of a text in pixels.
func (s textStyle) measure(text string) float64 {
	_, width := s.fitting(text, math.Inf(1))
	return width
}

// fitting returns how many bytes of a text fit into a width, and the width that they take.
func (s textStyle) fitting(text string, most float64) (bytes int, width float64) {
	scale := fixed.Int26_6(s.size * 64)
	var before *truetype.Font
	previous := truetype.Index(0)
	for i, r := range text {
		font, index := s.glyph(r)
		advance := font.HMetric(scale, index).AdvanceWidth
		if font == before {
			advance += font.Kern(scale, previous, index)
		}
		if width+float64(advance)/64 > most {
			return i, width
		}
		width += float64(advance) / 64
		before, previous = font, index
	}
	return len(text), width
}

// As many bytes of a text are looked at, which is more than a picture has room for: in one line, and in several.
const (
	longest        = 1 << 12
	longestOfLines = 1 << 14
)

// textCost is what it costs to draw a text in one line. To measure it costs about as much.
func textCost(text string) int { return 100 + 20*min(len(text), longest) }

// measured returns the width of a text as it would be drawn, in pixels; 0 once the budget is spent.
func (c canvas) measured(text string, s textStyle) float64 {
	if !c.spend(textCost(text)) {
		return 0
	}
	return s.measure(s.drawable(text))
}

// start returns the beginning of a text that is far too long.
func start(text string, longest int) string {
	return strings.ToValidUTF8(text[:min(len(text), longest)], string(replacement))
}

// fit makes a text drawable in one line of the width: see drawable. It is empty when not even an ellipsis fits.
func (s textStyle) fit(text string, width float64) string {
	text = s.drawable(text)
	if bytes, _ := s.fitting(text, width); bytes == len(text) {
		return text
	}
	room := width - s.measure(ellipsis) - 1 // for what brings the ellipsis nearer to the letter before it, or farther
	if room < -1 {
		return ""
	}
	bytes, _ := s.fitting(text, room)
	return strings.TrimRight(text[:bytes], " ") + ellipsis
}

// drawable returns what can be drawn of a text: spaces for what breaks lines, nothing for what is invisible, and
// a sign in the place of each character that no font has.
func (s textStyle) drawable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			return -1
		}
		if _, index := s.glyph(r); index == 0 {
			return replacement
		}
		return r
	}, norm.NFC.String(start(text, longest)))
}

// wrap breaks a text into lines of the width, at spaces if it can; the last of too many ends in an ellipsis.
func (s textStyle) wrap(text string, width float64, most int) []string {
	if most < 1 {
		return nil
	}
	var lines []string
	for paragraph := range strings.Lines(start(text, longestOfLines)) {
		line := ""
		for word := range strings.FieldsSeq(paragraph) {
			word = s.drawable(word)
			if whole := line + " " + word; line != "" && s.measure(whole) <= width {
				line = whole
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			for line = word; len(lines) <= most; { // a word may need several lines
				bytes, _ := s.fitting(line, width)
				if bytes == len(line) {
					break
				}
				if bytes == 0 {
					_, bytes = utf8.DecodeRuneInString(line)
				}
				if bytes == len(line) {
					break
				}
				lines, line = append(lines, line[:bytes]), line[bytes:]
			}
		}
		if line != "" {
			lines = append(lines, line)
		}
		if len(lines) > most {
			lines = lines[:most]
			lines[most-1] = s.fit(lines[most-1]+ellipsis, width)
			break
		}
	}
	return lines
}
