package chart

import (
	"bytes"
	"errors"
	"image"
	"image/png"

	"golang.org/x/image/draw"
)

// MaxBytes is the most that a picture has.
const MaxBytes = 500_000

// encode returns a picture as a PNG of at most MaxBytes. One that has more gets fewer colours, and then fewer pixels.
func encode(pixels *image.RGBA) ([]byte, error) {
	const scale = 0.8
	for range 12 { // at the end of which one pixel remains of two hundred
		for _, colors := range []int{256, 64} {
			var buffer bytes.Buffer
			if err := png.Encode(&buffer, quantize(pixels, colors)); err != nil || buffer.Len() <= MaxBytes {
				return buffer.Bytes(), err
			}
		}
		size := pixels.Bounds().Size()
		smaller := image.NewRGBA(image.Rect(0, 0, int(float64(size.X)*scale), int(float64(size.Y)*scale)))
		draw.ApproxBiLinear.Scale(smaller, smaller.Bounds(), pixels, pixels.Bounds(), draw.Src, nil)
		pixels = smaller
	}
	return nil, errors.New("the picture does not fit into 500,000 bytes: ask for a smaller one")
}
