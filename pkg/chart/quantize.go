package chart

import (
	"image"
	"image/color"
)

// A picture of a chart has few colours and what smoothing mixes from them. With a palette it is a third as large, and
// encoded in a third of the time.

// shades are colours so near to each other that they count as one: those with the same first 5, 6 and 5 bits.
type shades struct {
	pixels  int
	r, g, b int     // sums over the pixels
	nearest float64 // squared distance to the colour in the palette that is nearest
	index   uint8   // of that colour
}

func (s *shades) color() (r, g, b float64) {
	n := float64(s.pixels)
	return float64(s.r) / n, float64(s.g) / n, float64(s.b) / n
}

func key(r, g, b uint8) int { return int(r>>3)<<11 | int(g>>2)<<5 | int(b>>3) }

// quantize returns an opaque picture with a palette of at most so many colours, which may be 256. The first of them is the
// most frequent one; each other is the one that those before represent worst, by how far it is from them and how many
// pixels have it.
func quantize(pixels *image.RGBA, most int) *image.Paletted {
	index := make([]int32, 1<<16) // into found, plus 1
	var found []shades
	for i := 0; i < len(pixels.Pix); i += 4 {
		r, g, b := pixels.Pix[i], pixels.Pix[i+1], pixels.Pix[i+2]
		at := &index[key(r, g, b)]
		if *at == 0 {
			found = append(found, shades{nearest: 3 * 256 * 256})
			*at = int32(len(found))
		}
		s := &found[*at-1]
		s.pixels++
		s.r += int(r)
		s.g += int(g)
		s.b += int(b)
	}
	var colors color.Palette
	for len(colors) < min(most, len(found)) {
		worst, furthest := 0, -1.0
		for i := range found {
			if far := found[i].nearest * float64(found[i].pixels); far > furthest {
				worst, furthest = i, far
			}
		}
		r, g, b := found[worst].color()
		for i := range found {
			s := &found[i]
			sr, sg, sb := s.color()
			if distance := (sr-r)*(sr-r) + (sg-g)*(sg-g) + (sb-b)*(sb-b); distance < s.nearest {
				s.nearest, s.index = distance, uint8(len(colors))
			}
		}
		found[worst].nearest = -1 // so that it is taken once
		colors = append(colors, color.NRGBA{uint8(r + 0.5), uint8(g + 0.5), uint8(b + 0.5), 0xFF})
	}
	picture := image.NewPaletted(pixels.Rect, colors)
	for i := range picture.Pix {
		r, g, b := pixels.Pix[4*i], pixels.Pix[4*i+1], pixels.Pix[4*i+2]
		picture.Pix[i] = found[index[key(r, g, b)]-1].index
	}
	return picture
}
