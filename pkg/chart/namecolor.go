package chart

import (
	"crypto/sha256"
	"encoding/binary"
	"image/color"
	"math"
	"strings"
)

// nameColor returns the colour that belongs to the name of a series wherever it is drawn. Names with "error" in them
// are red, and no others (timeserieschart/src/utils/palette.ts). How a name becomes a hue is the arithmetic of the
// library color-hash 2.0, with its own constants, so that a series has the colour here that it has in the UI.
func nameColor(name string) color.NRGBA {
	low, high := 20.0, 360.0
	if strings.Contains(strings.ToLower(name), "error") {
		low, high = 0, 20
	}
	digest := sha256.Sum256([]byte(name))
	hash := binary.BigEndian.Uint32(digest[:])
	hue := float64(hash%727)*(high-low)/727 + low
	levels := []float64{0.35, 0.5, 0.65}
	rest := (uint64(hash) + 359) / 360
	saturation := levels[rest%3]
	lightness := levels[(rest+2)/3%3]
	return alpha(hsl(math.Round(hue*100)/100, saturation, lightness), 0.9)
}
