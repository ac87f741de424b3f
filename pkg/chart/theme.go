package chart

import "image/color"

// palette is the colours of a theme.
type palette struct {
	background color.NRGBA // of the page and of panels
	paper      color.NRGBA // of the titles of rows
	divider    color.NRGBA // borders, and the line below the title of a panel
	text       color.NRGBA
	secondary  color.NRGBA // of text beside other text
	grid       color.NRGBA // the lines behind a chart
	axis       color.NRGBA // the line below a chart
	track      color.NRGBA // what a gauge or a bar leaves empty
	primary    color.NRGBA
	success    color.NRGBA
	warning    color.NRGBA
	failure    color.NRGBA
	// An alert stands in a panel that has nothing else to show.
	alert, alertText color.NRGBA
	// thresholds are the colours of the steps that name none, in their order; more steps have success.
	thresholds []color.NRGBA
	// categories are the colours that series take in turn.
	categories []color.NRGBA
}

// Both palettes come from components/src/theme/palette of perses/shared, put together as in getPaletteOptions; what
// charts draw with them as in components/src/utils/theme-gen.ts. The divider is the default of MUI.
var (
	lightPalette = palette{
		background: rgb(0xFFFFFF), paper: rgb(0xF0F1F6), divider: alpha(rgb(0x000000), 0.12),
		text: rgb(0x2A2E42), secondary: rgb(0x3E4662),
		grid: alpha(rgb(0xA4ACC8), 0.3), axis: rgb(0x535D83), track: rgb(0xE1E3ED),
		primary: rgb(0x1473E6), success: rgb(0x2FBF71), warning: rgb(0xFF9F1C), failure: rgb(0xEA4747),
		alert: rgb(0xFDEDED), alertText: rgb(0xBD3939),
		thresholds: []color.NRGBA{rgb(0xFFCC00), rgb(0xFF9F1C), rgb(0xEA4747)},
		categories: categories,
	}
	darkPalette = palette{
		background: rgb(0x151721), paper: rgb(0x1F2331), divider: alpha(rgb(0xFFFFFF), 0.12),
		text: rgb(0xFFFFFF), secondary: rgb(0xF0F1F6),
		grid: alpha(rgb(0x3E4662), 0.6), axis: rgb(0x8690B6), track: rgb(0x2A2E42),
		primary: rgb(0x438FEB), success: rgb(0x59CC8D), warning: rgb(0xFFB249), failure: rgb(0xEE6C6C),
		alert: rgb(0x621D1D), alertText: rgb(0xF29191),
		thresholds: []color.NRGBA{rgb(0xFFCC00), rgb(0xFFB249), rgb(0xEE6C6C)},
		categories: categories,
	}
	categories = []color.NRGBA{
		rgb(0x56B4E9), rgb(0x009E73), rgb(0x0072B2), rgb(0xCC79A7), rgb(0xF0E442), rgb(0xE69F00), rgb(0xD55E00),
	}
)

// palette returns the colours of a theme; those of Light for any that there is not.
func (t Theme) palette() *palette {
	if t == Dark {
		return &darkPalette
	}
	return &lightPalette
}

// threshold returns the colour of the step with an index that names none.
func (p *palette) threshold(index int) color.NRGBA {
	if index < len(p.thresholds) {
		return p.thresholds[index]
	}
	return p.success
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}

// alpha returns a colour with so much of its opacity.
func alpha(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(float64(c.A)*max(min(opacity, 1), 0) + 0.5)
	return c
}
