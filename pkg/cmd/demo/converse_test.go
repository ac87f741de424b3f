package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		step   step
		failed bool
		want   string
	}{
		{step{tool: "t"}, true, "t: expected an answer, got the error: text"},
		{step{read: "r", fails: true}, false, "r: expected an error, got the answer: text"},
		{step{tool: "t", contains: []string{"te", "st"}}, false, "t: expected st in: text"},
		{step{tool: "t", picture: "file"}, false, "t: expected a picture with: text"},
	} {
		if err := c.step.check(answer{text: "text", failed: c.failed}); err == nil || err.Error() != c.want {
			t.Errorf("got error %v, want %s", err, c.want)
		}
	}
}

// wantPicture checks that a file is a picture that shows data, and that its size was printed.
func wantPicture(t *testing.T, shown, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	size := picture.Bounds().Size()
	if want := fmt.Sprintf("%s (%d × %d pixels, %d bytes)\n", file, size.X, size.Y, len(content)); !strings.Contains(shown, want) {
		t.Errorf("%q is not printed", want)
	}
	if len(content) > 500_000 || size.Y < 400 || size.Y > 2000 {
		t.Errorf("%s has %d bytes and is %v", file, len(content), size)
	}
	// Text, frames and the grid are nearly grey; data is not.
	coloured := 0
	for y := range size.Y {
		for x := range size.X {
			c := color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)
			if max(c.R, c.G, c.B)-min(c.R, c.G, c.B) > 60 {
				coloured++
			}
		}
	}
	if part := float64(coloured) / float64(size.X*size.Y); part < 0.05 {
		t.Errorf("%s: only %.4f of it is coloured, too little for data", file, part)
	} else {
		t.Logf("%s: %.4f of it is coloured", file, part)
	}
}

func TestSaveErrors(t *testing.T) {
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		picture []byte
		file    string
		want    string
	}{
		{[]byte("GIF89a, not a PNG"), "file", "the picture for file: png: invalid format: not a PNG file"},
		{drawn.Bytes(), filepath.Join(t.TempDir(), "none", "file"), "no such file or directory"},
	} {
		if err := save(c.picture, c.file, newScreen(io.Discard)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got error %v, want %s", err, c.want)
		}
	}
}
