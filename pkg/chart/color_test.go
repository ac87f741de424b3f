package chart

import (
	"fmt"
	"image/color"
	"testing"
)

func TestParseColor(t *testing.T) {
	for text, want := range map[string]string{
		"#f00": "ff0000ff", "#FF8000": "ff8000ff", "#f008": "ff000088", "#01020304": "01020304",
		"green": "008000ff", "RebeccaPurple": "", "SkyBlue": "87ceebff", " red ": "ff0000ff",
		"rgb(255, 128, 0)": "ff8000ff", "rgba(255,128,0,0.5)": "ff800080", "rgb(100% 0% 50% / 50%)": "ff008080",
		"hsl(120, 100%, 25%)": "008000ff", "hsla(0,100%,50%,0.9)": "ff0000e6", "hsl(-240deg 100% 50%)": "00ff00ff",
		"rgb(300,-5,0)": "ff0000ff",
		"":              "", "#": "", "#12": "", "#12345": "", "#gggggg": "", "#+12345": "", "rgb(1,2)": "", "rgb(a,b,c)": "", "rgb(NaN,0,0)": "",
		"hsl(1e400,0%,0%)": "", "lab(1,2,3)": "", "rgb(1,2,3": "010203ff", "no color": "",
	} {
		got := ""
		if c, ok := parseColor(text); ok {
			got = fmt.Sprintf("%02x%02x%02x%02x", c.R, c.G, c.B, c.A)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if c := colorOr("none", color.NRGBA{1, 2, 3, 4}); c != (color.NRGBA{1, 2, 3, 4}) {
		t.Errorf("got %v in the place of a colour that is not there", c)
	}
}

func FuzzParseColor(f *testing.F) {
	for _, seed := range []string{"#fff", "rgb(1,2,3)", "hsla(1,2%,3%,4)", "red", "rgba(1e99,-1e99,0,0)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if c, ok := parseColor(text); !ok && c != (color.NRGBA{}) {
			t.Errorf("%q is no colour, but %v comes of it", text, c)
		}
	})
}

// TestNameColor holds what color-hash 2.0.2 says with the options of the UI.
func TestNameColor(t *testing.T) {
	for name, want := range map[string][3]float64{
		"up": {331.47, 0.65, 0.65}, "prometheus": {154.22, 0.35, 0.5}, `node_cpu_seconds_total{mode="idle"}`: {36.84, 0.65, 0.5},
		"": {282.37, 0.35, 0.5}, "error rate": {14.28, 0.35, 0.35}, "Zürich": {46.19, 0.5, 0.35}, "日本": {318.84, 0.35, 0.5},
		"a": {128.03, 0.5, 0.65}, "b": {33.56, 0.65, 0.35}, "c": {264.59, 0.35, 0.35}, "😀": {240.74, 0.65, 0.35},
	} {
		if got, want := nameColor(name), alpha(hsl(want[0], want[1], want[2]), 0.9); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}
