package chart

import (
	"bytes"
	"image"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestFit(t *testing.T) {
	style := textStyle{size: 12}
	for text, want := range map[string]string{
		"up":                         "up",
		"":                           "",
		"line\nbreak\tand\u00a0more": "line break and more",
		"Zürich-Оплата":              "Zürich-Оплата",
		"Zu\u0308rich":               "Zürich", // u with a combining diaeresis
		"日本":                         "��",
		"a\u200db\u0000c\ufe0f":      "abc",
		"\xff":                       "�",
		"a name that has more letters than there is room": "a name that has m…",
	} {
		if got := style.fit(text, 115); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := style.fit("word", 3); got != "" {
		t.Errorf("got %q where not even an ellipsis fits", got)
	}
}

func TestWrap(t *testing.T) {
	style := textStyle{size: 12}
	for _, c := range []struct {
		text  string
		width float64
		most  int
		want  []string
	}{
		{"", 100, 3, nil},
		{"one two three four", 60, 9, []string{"one two", "three four"}},
		{"one\ntwo\n\nthree", 60, 9, []string{"one", "two", "three"}},
		{"http_requests_total{job=\"api\"}", 70, 9, []string{"http_request", "s_total{job=\"", "api\"}"}},
		{"see http_requests_total now", 70, 9, []string{"see", "http_request", "s_total now"}},
		{"one two three four five six", 40, 2, []string{"one", "two…"}},
		{"one two", 60, 0, nil},
		{"wide", 1, 9, []string{"w", "i", "d", "e"}},
	} {
		if got := style.wrap(c.text, c.width, c.most); !slices.Equal(got, c.want) {
			t.Errorf("%q in %v: got %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

// TestSymbols looks for the signs of units and titles in every style: in a bold one, too, they are not replaced, take a
// place of their own and leave ink there, which is not that of a sign for what is missing.
func TestSymbols(t *testing.T) {
	for _, style := range []textStyle{{size: 20, color: rgb(0)}, {size: 20, color: rgb(0), bold: true}} {
		ink := func(text string) []byte {
			pixels := image.NewRGBA(image.Rect(0, 0, 60, 40))
			newCanvas(worktest.Budget(), pixels, &lightPalette).text(text, style)
			return pixels.Pix
		}
		for _, symbol := range "∞≥≤≈≠√∑µ°₿→←↑↓▲▼●■" {
			text := "1" + string(symbol) + "2"
			if got := style.drawable(text); got != text {
				t.Errorf("bold %v: %q becomes %q", style.bold, text, got)
			}
			if style.measure(text) <= style.measure("12")+4 {
				t.Errorf("bold %v: %q is hardly wider than 12", style.bold, text)
			}
			if got := ink(text); bytes.Equal(got, ink("1"+string(replacement)+"2")) || bytes.Equal(got, ink("1 2")) {
				t.Errorf("bold %v: there is no %q between the figures", style.bold, symbol)
			}
		}
	}
}

// TestRuns holds that a text is drawn in one font as far as that has it.
func TestRuns(t *testing.T) {
	for text, want := range map[string]string{
		"":              "",
		"up":            "up",
		"in → out":      "in |→| out",
		"▲ 5 ≥ 4":       "▲| 5 |≥| 4",
		"Zürich-Оплата": "Zürich-Оплата",
	} {
		var runs []string
		for _, run := range (textStyle{size: 12, bold: true}).runs(text) {
			runs = append(runs, run)
		}
		if got := strings.Join(runs, "|"); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// FuzzText looks for texts that are wider than their room, or not to be drawn.
func FuzzText(f *testing.F) {
	f.Add("a name", 40.0, uint8(3))
	f.Add("日本語 😀 \u0301", 12.0, uint8(1))
	f.Add(strings.Repeat("Wide", 50)+"\n\n i", 3.0, uint8(200))
	f.Fuzz(func(t *testing.T, text string, width float64, lines uint8) {
		style := textStyle{size: 12}
		if fitted := style.fit(text, width); fitted != "" && style.measure(fitted) > width || !utf8.ValidString(fitted) {
			t.Errorf("%q in %v: %q takes %v", text, width, fitted, style.measure(fitted))
		}
		wrapped := style.wrap(text, width, int(lines))
		if len(wrapped) > int(lines) {
			t.Errorf("%q in %v: %d lines of at most %d", text, width, len(wrapped), lines)
		}
		for _, line := range wrapped {
			if style.measure(line) > width && utf8.RuneCountInString(line) > 1 {
				t.Errorf("%q in %v: the line %q takes %v", text, width, line, style.measure(line))
			}
		}
		if wide := style.wrap(text, 1e9, 1e6); strings.Count(text, "\n") == 0 && len(wide) > 1 {
			t.Errorf("%q becomes %q where there is room", text, wide)
		}
	})
}

// TestTextStaysInItsPlace draws text of all kinds and looks for ink beside the rectangles that it belongs to.
func TestTextStaysInItsPlace(t *testing.T) {
	long := "jÅg|{(Ÿ a very long text fjord, which goes on and on — " + strings.Repeat("Wj", 30)
	for name, draw := range map[string]func(c canvas, s textStyle){
		"left":      func(c canvas, s textStyle) { c.text(long, s) },
		"center":    func(c canvas, s textStyle) { s.align = center; c.text(long, s) },
		"right":     func(c canvas, s textStyle) { s.align = right; c.text("right", s) },
		"up":        func(c canvas, s textStyle) { c.textUp(long, s) },
		"paragraph": func(c canvas, s textStyle) { c.paragraph(long, s) },
		"message":   func(c canvas, s textStyle) { c.message(long, s) },
		"bold":      func(c canvas, s textStyle) { s.bold = true; c.message(long, s) },
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []float64{10, 12, 20} {
				pixels := image.NewRGBA(image.Rect(0, 0, 300, 200))
				whole := newCanvas(worktest.Budget(), pixels, &lightPalette)
				inner := image.Rect(50, 60, 250, 140)
				draw(whole.at(50, 60, 200, 80), textStyle{size: size, color: rgb(0)})
				ink := 0
				for y := range 200 {
					for x := range 300 {
						if pixels.RGBAAt(x, y).A == 0 {
							continue
						}
						ink++
						if !(image.Point{x, y}.In(inner.Inset(-1))) { // what leans out of its letter
							t.Fatalf("there is ink at %d, %d", x, y)
						}
					}
				}
				if ink < 50 {
					t.Errorf("only %d pixels of ink", ink)
				}
			}
		})
	}
}
