package chart

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/perses/mcp-server/pkg/work/worktest"
)

// TestEncodeFits holds that even noise, which does not compress, becomes a picture that is not too large.
func TestEncodeFits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pixels := image.NewRGBA(image.Rect(0, 0, 1200, 900))
	for i := range pixels.Pix {
		pixels.Pix[i] = uint8(random.Uint32()) | uint8(i&3/3*255)
	}
	picture, err := encode(worktest.Budget(), pixels)
	size := show(t, "noise", picture, err).Rect.Size()
	if size.X < 600 || size.X >= 1200 {
		t.Errorf("noise has %v pixels", size)
	}
}

// TestQuantizeKeepsFewColors holds that nothing is lost of a picture that has no more colours than a palette.
func TestQuantizeKeepsFewColors(t *testing.T) {
	pixels := image.NewRGBA(image.Rect(0, 0, 40, 10))
	for i := range 400 {
		pixels.Set(i%40, i/40, color.NRGBA{uint8(i % 8 * 36), uint8(i % 5 * 51), uint8(i % 2 * 201), 255})
	}
	picture := quantize(pixels, 256)
	for i := range 400 {
		if got, want := picture.At(i%40, i/40).(color.NRGBA), pixels.RGBAAt(i%40, i/40); got != (color.NRGBA{want.R, want.G, want.B, 255}) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	if len(picture.Palette) != 40 {
		t.Errorf("the palette has %d colours", len(picture.Palette))
	}
	if few := quantize(pixels, 3); len(few.Palette) != 3 {
		t.Errorf("a palette of at most 3 has %d colours", len(few.Palette))
	}
}
