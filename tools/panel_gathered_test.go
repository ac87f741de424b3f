package tools

import (
	"encoding/json"
	"testing"

	"github.com/perses/mcp-server/pkg/panel"
)

// TestGathered gathers panels that have something in common, and leaves alone those of which there is more to say.
func TestGathered(t *testing.T) {
	empty := func(key, title, why string) panelAnswer {
		return panelAnswer{Key: key, Title: title, Kind: "StatChart", Status: panel.Empty, Why: why}
	}
	noted := empty("n", "", "none")
	noted.Notes = []string{"Read me."}
	data := panelAnswer{Key: "d", Status: panel.Data}
	others, alike := gathered([]panelAnswer{
		empty("a", "A", "none"), data, noted, empty("b", "", "none"), empty("x", "", "other"), empty("c", "", "none"), empty("e", "", "none"), empty("f", "", "none"),
	}, 3)
	var keys string
	for _, p := range others {
		keys += p.Key
	}
	said, err := json.Marshal(alike)
	if err != nil {
		t.Fatal(err)
	}
	if want := `[{"status":"empty","why":"none","panels":["a (A)","b","c","and 2 more"]}]`; keys != "dnx" || string(said) != want {
		t.Errorf("got %s beside %s, want %s", said, keys, want)
	}
	if others, alike := gathered([]panelAnswer{empty("a", "", "none"), empty("b", "", "none"), empty("c", "", "none")}, 3); len(others) != 3 || alike != nil {
		t.Errorf("of three, got %v beside %v", alike, others)
	}
}
