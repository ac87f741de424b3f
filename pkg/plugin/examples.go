package plugin

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed examples.json
var exampleSpecs []byte

// Example is two specs of one plugin: with no more than must be there, and with about all that can be. A plugin
// may lack either.
type Example struct {
	Minimal json.RawMessage `json:"minimal"`
	Full    json.RawMessage `json:"full"`
}

var examples = sync.OnceValue(func() (all map[string]Example) {
	if err := json.Unmarshal(exampleSpecs, &all); err != nil {
		panic(err) // the tests read them
	}
	return all
})

// ExampleOf returns the examples of a plugin by its name. They are right for the plugins that this project is tested
// with; another version may refuse them.
func ExampleOf(name string) Example { return examples()[name] }

// carriers are what a panel can be made of around a query, of which most Perses have one.
var carriers = []string{"Markdown", "TimeSeriesChart", "StatChart", "Table", "LogsTable"}

// Around returns the smallest dashboard that has a plugin of a kind in it, written as documents have it, so that Perses
// can be asked whether it is valid. panels are the names of the plugins for panels that the Perses has. It is nil for kinds
// that no dashboard can hold, or around which none can be built.
func Around(kind string, panels []string, plugin json.RawMessage) json.RawMessage {
	var spec string
	switch {
	case kind == "Panel":
		spec = `"panels":{"p":{"kind":"Panel","spec":{"display":{"name":"p"},"plugin":%s}}}`
	case kind == "Datasource":
		spec = `"datasources":{"d":{"default":false,"plugin":%s}}`
	case kind == "Variable":
		// The examples use a variable, which must be there.
		spec = `"variables":[{"kind":"TextVariable","spec":{"name":"job","value":""}},{"kind":"ListVariable","spec":{"name":"v","allowMultiple":false,"allowAllValue":false,"plugin":%s}}]`
	case strings.HasSuffix(kind, "Query"):
		carrier := carrierOf(panels)
		if carrier == nil {
			return nil
		}
		spec = `"panels":{"p":{"kind":"Panel","spec":{"display":{"name":"p"},"plugin":` + string(carrier) + `,"queries":[{"kind":"` + kind + `","spec":{"plugin":%s}}]}}}`
	default:
		return nil
	}
	return json.RawMessage(`{"kind":"Dashboard","metadata":{"name":"example","project":"example"},"spec":{"duration":"1h",` + fmt.Sprintf(spec, plugin) + `}}`)
}

// carrierOf returns a panel's plugin to put queries below.
func carrierOf(panels []string) json.RawMessage {
	for _, carrier := range carriers {
		if slices.Contains(panels, carrier) {
			return Written(carrier, "", ExampleOf(carrier).Minimal)
		}
	}
	return nil
}

// Written returns a plugin as documents have it; without version it is the one that Perses takes by itself. It is nil if
// there is no spec.
func Written(name, version string, spec json.RawMessage) json.RawMessage {
	if spec == nil {
		return nil
	}
	written := struct {
		Kind     string            `json:"kind"`
		Metadata map[string]string `json:"metadata,omitempty"`
		Spec     json.RawMessage   `json:"spec"`
	}{Kind: name, Spec: spec}
	if version != "" {
		written.Metadata = map[string]string{"version": version}
	}
	text, err := json.Marshal(written)
	if err != nil {
		return nil
	}
	return text
}
