package plugin_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/plugin"
)

// module is a plugin's module as Perses serves it: the files by their paths.
type module map[string]string

func (m module) read(paths []string) map[string]string {
	found := map[string]string{}
	for _, path := range paths {
		if text, ok := m[path]; ok {
			found[path] = text
		}
	}
	return found
}

const licence = "// Copyright of somebody\n// Licensed under something\n\n"

var shop = module{
	"schemas/shop.cue": licence + `package model

import (
	"strings"
	"github.com/perses/shared/cue/common"
	other "shop.example/else/cue/other"
)

kind: "ShopChart"
spec: close({
	name:   strings.MinRunes(1) // what people see
	size?:  common.#size @go(Size)
	color?: other.#size | // TODO: fewer
		"none"
	list?: [...#item]
	gone?: common.#gone

	unit?: #short.unit | #long.unit
	odd?:  #short.odd
})

#short: {unit: "m" | "s", odd?: #item}
#long: {unit: "meter"}

#item: {
	#inner: int
	value:  #inner
	url:    common.#link
}

#unused: "x"
`,
	"cue.mod/pkg/github.com/perses/shared/cue/common/size.cue":         licence + "package common\n\n// how large it is\n#size: \"small\" | \"large\"\n",
	"cue.mod/pkg/github.com/perses/shared/cue/common/link.cue":         "package common\nimport \"github.com/perses/spec/cue/common\"\n#link: common.#URL\n",
	"cue.mod/pkg/github.com/perses/spec/cue/common/url_go_gen.cue":     "package common\n#URL: _\n",
	"cue.mod/pkg/github.com/perses/spec/cue/common/url_patch.cue":      "package common\n#URL: =~\"^https?://\"\n",
	"cue.mod/pkg/shop.example/else/cue/other/other.cue":                "package other\nimport elsewhere \"shop.example/else/cue/elsewhere\"\nelsewhere\n",
	"cue.mod/pkg/shop.example/else/cue/elsewhere/elsewhere.cue":        "package elsewhere\n#size: 1 | 2\n",
	"cue.mod/pkg/github.com/perses/shared/cue/common/unrelated_go.cue": "package common\n#gone: int\n",
}

var shopChart = plugin.Plugin{Name: "ShopChart", Kind: "Panel", Module: "ShopChart", SchemasPath: "schemas"}

func TestASchemaStandsAlone(t *testing.T) {
	schema := plugin.Find(shopChart, shop.read)
	if schema == nil {
		t.Fatal("not found")
	}
	text, left := schema.Text(func(string) bool { return true })
	const want = `kind: "ShopChart"
spec: close({
 name: strings.MinRunes(1) // what people see
 size?: #size
 color?: #elsewhere_size |
  "none"
 list?: [...#item]
 gone?: #gone
 unit?: "m" | "s" | "meter"
 odd?: #short.odd
})
#size: "small" | "large"
#elsewhere_size: 1 | 2
#item: {
 #inner: int
 value: #inner
 url: #URL
}
#short: {unit: "m" | "s", odd?: #item}
#URL: =~"^https?://"`
	if text != want || left != nil {
		t.Errorf("got %s\nleft out %q", text, left)
	}
	if !slices.Equal(schema.Missing, []string{"#gone"}) {
		t.Errorf("missing %q", schema.Missing)
	}
}

func TestWithLittleRoom(t *testing.T) {
	schema := plugin.Find(shopChart, shop.read)
	without, left := schema.Text(func(text string) bool {
		return !strings.Contains(text, "//") || strings.Contains(text, "https") && !strings.Contains(text, "what people")
	})
	if strings.Contains(without, "what people see") || left != nil {
		t.Errorf("got %s without %q", without, left)
	}
	text, left := schema.Text(func(text string) bool { return len(text) < 280 })
	if !strings.HasPrefix(text, `kind: "ShopChart"`) || !strings.Contains(text, "spec: close({") || !slices.Equal(left, []string{"#item", "#short", "#URL"}) {
		t.Errorf("got %s without %q", text, left)
	}
	if text, _ = schema.Text(func(string) bool { return false }); !strings.HasPrefix(text, `kind: "ShopChart"`) || strings.Contains(text, "#size:") {
		t.Errorf("got %s", text)
	}
}

func TestNoSchema(t *testing.T) {
	if schema := plugin.Find(shopChart, module{"schemas/shop.cue": `kind: "Another"`}.read); schema != nil {
		t.Error("the schema of another plugin was taken for it")
	}
}

func TestExamples(t *testing.T) {
	e := plugin.ExampleOf("StatChart")
	if !json.Valid(e.Minimal) || !json.Valid(e.Full) {
		t.Errorf("got %s and %s", e.Minimal, e.Full)
	}
	for _, kind := range []string{"Panel", "Datasource", "Variable", "LogQuery"} {
		if d := plugin.Around(kind, []string{"Other", "Markdown"}, plugin.Written("X", "1.0.0", e.Full)); !json.Valid(d) || !strings.Contains(string(d), `"kind":"X","metadata":{"version":"1.0.0"}`) {
			t.Errorf("%s: %s", kind, d)
		}
	}
	if d := plugin.Around("LogQuery", []string{"Other"}, e.Full); d != nil {
		t.Errorf("a query stands in no panel: %s", d)
	}
}
