package sketch_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
)

func sampleBytes(t testing.TB, name string) []byte {
	raw, err := os.ReadFile("testdata/sketches/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		t.Fatal(err)
	}
	return compact.Bytes()
}

func TestRatio(t *testing.T) {
	raw := sampleBytes(t, "service")
	s, err := sketch.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	full, err := s.Expand("shop", "checkout", sketch.Env{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d / %d = %.2f", len(full), len(raw), float64(len(full))/float64(len(raw)))
	t.Logf("%s", full)
}
