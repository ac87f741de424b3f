package chart

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"math"

	"golang.org/x/image/draw"

	"github.com/perses/mcp-server/pkg/work"
)

// MaxBytes is the most that a picture has.
const MaxBytes = 500_000

// encode returns a picture as a PNG of at most MaxBytes. One that has more gets fewer colours, and then fewer pixels.
func encode(budget *work.Budget, pixels *image.RGBA) ([]byte, error) {
	for range 12 { // at the end of which one pixel remains of two hundred
		var buffer bytes.Buffer
		for _, colors := range []int{256, 64} {
			if err := budget.Err(); err != nil && !errors.Is(err, work.ErrExhausted) { // in which case there is a picture that says so
				return nil, err
			}
			buffer.Reset()
			if err := png.Encode(&buffer, quantize(pixels, colors)); err != nil || buffer.Len() <= MaxBytes {
				return buffer.Bytes(), err
			}
			if buffer.Len() > 2*MaxBytes { // which fewer colours do not make half of
				break
			}
		}
		scale := min(0.8, 0.9*math.Sqrt(MaxBytes/float64(buffer.Len())))
		size := pixels.Bounds().Size()
		smaller := image.NewRGBA(image.Rect(0, 0, int(float64(size.X)*scale), int(float64(size.Y)*scale)))
		draw.ApproxBiLinear.Scale(smaller, smaller.Bounds(), pixels, pixels.Bounds(), draw.Src, nil)
		pixels = smaller
	}
	return nil, errors.New("the picture does not fit into 500,000 bytes: ask for a smaller one")
}
