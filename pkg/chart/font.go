package chart

import (
	"iter"
	"sync"

	"github.com/go-analyze/charts"
	"github.com/golang/freetype/truetype"
	"golang.org/x/image/font/gofont/goregular"
)

// symbols is the font of arrows and shapes, such as → and ▲, which the others lack. It is nil if it cannot be read.
var symbols = sync.OnceValue(func() *truetype.Font {
	font, err := truetype.Parse(goregular.TTF)
	if err != nil {
		return nil
	}
	return font
})

// fonts goes through the fonts of the style, from the one that text is written in to those that have what it lacks.
// They load when they are asked for first and may be shared.
func (s textStyle) fonts() iter.Seq[*truetype.Font] {
	return func(yield func(*truetype.Font) bool) {
		if s.bold && !yield(charts.GetFont(charts.FontFamilyNotoSansBold)) {
			return
		}
		_ = yield(charts.GetFont(charts.FontFamilyRoboto)) &&
			yield(charts.GetFont(charts.FontFamilyNotoSans)) &&
			symbols() != nil && yield(symbols())
	}
}

// glyph returns the first font of the style that has a character, and the place of the character in it: 0, in the
// font that text is written in, when none has it.
func (s textStyle) glyph(r rune) (*truetype.Font, truetype.Index) {
	var first *truetype.Font
	for font := range s.fonts() {
		if index := font.Index(r); index != 0 {
			return font, index
		}
		if first == nil {
			first = font
		}
	}
	return first, 0
}

// runs cuts a text into pieces that each are in one font.
func (s textStyle) runs(text string) iter.Seq2[*truetype.Font, string] {
	return func(yield func(*truetype.Font, string) bool) {
		var current *truetype.Font
		begin := 0
		for i, r := range text {
			font, _ := s.glyph(r)
			if i > 0 && font != current {
				if !yield(current, text[begin:i]) {
					return
				}
				begin = i
			}
			current = font
		}
		if text != "" {
			yield(current, text[begin:])
		}
	}
}
