package chart

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// parseColor reads a colour as CSS writes it: #RGB, #RRGGBB, either with alpha, rgb(…), hsl(…) or a name. It tells
// whether it can.
func parseColor(text string) (color.NRGBA, bool) {
	const longest = 100 // bytes of a colour
	if len(text) > longest {
		return color.NRGBA{}, false
	}
	text = strings.ToLower(strings.TrimSpace(text))
	if hex, ok := strings.CutPrefix(text, "#"); ok {
		return parseHex(hex)
	}
	if name, rest, ok := strings.Cut(text, "("); ok {
		return parseFunction(strings.TrimSuffix(name, "a"), strings.TrimSuffix(rest, ")"))
	}
	named, ok := colornames.Map[text]
	return color.NRGBA(named), ok // all of them are opaque
}

// colorOr returns the colour that a text names, or another when it names none.
func colorOr(text string, other color.NRGBA) color.NRGBA {
	if c, ok := parseColor(text); ok {
		return c
	}
	return other
}

func parseHex(hex string) (color.NRGBA, bool) {
	if len(hex) == 3 || len(hex) == 4 {
		var doubled strings.Builder
		for _, digit := range []byte(hex) {
			doubled.Write([]byte{digit, digit})
		}
		hex = doubled.String()
	}
	if len(hex) == 6 {
		hex += "ff"
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 8 {
		return color.NRGBA{}, false
	}
	return color.NRGBA{uint8(v >> 24), uint8(v >> 16), uint8(v >> 8), uint8(v)}, true
}

func parseFunction(name, arguments string) (color.NRGBA, bool) {
	fields := strings.FieldsFunc(arguments, func(r rune) bool { return strings.ContainsRune(" ,/\t\n", r) })
	if len(fields) != 3 && len(fields) != 4 {
		return color.NRGBA{}, false
	}
	opacity := 1.0
	var v [4]float64
	for i, field := range fields {
		number, percent := strings.CutSuffix(strings.TrimSuffix(field, "deg"), "%")
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return color.NRGBA{}, false
		}
		switch {
		case percent:
			n /= 100
		case name == "rgb" && i < 3:
			n /= 255
		}
		v[i] = n
	}
	if len(fields) == 4 {
		opacity = v[3]
	}
	switch name {
	case "rgb":
		return alpha(opaque(v[0], v[1], v[2]), opacity), true
	case "hsl":
		return alpha(hsl(v[0], v[1], v[2]), opacity), true
	}
	return color.NRGBA{}, false
}

// hsl returns the colour of a hue in degrees, a saturation and a lightness from 0 to 1.
func hsl(hue, saturation, lightness float64) color.NRGBA {
	channel := func(n float64) float64 {
		k := math.Mod(n+math.Mod(hue, 360)/30+12, 12)
		return lightness - saturation*min(lightness, 1-lightness)*max(-1, min(k-3, 9-k, 1))
	}
	return opaque(channel(0), channel(8), channel(4))
}

// opaque returns the colour of three channels from 0 to 1.
func opaque(r, g, b float64) color.NRGBA {
	channel := func(v float64) uint8 { return uint8(math.Round(255 * max(min(v, 1), 0))) }
	return color.NRGBA{channel(r), channel(g), channel(b), 0xFF}
}
