package tools

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/plugin"
	"github.com/perses/mcp-server/pkg/query"
)

// maxSchema is how many bytes the answer of getPluginSchema has at the most.
const maxSchema = 6 << 10

// pluginSchema says how the spec of a plugin is written.
type pluginSchema struct {
	Kind     string          `json:"kind"`
	Is       string          `json:"is"` // Panel, Variable, …
	Module   string          `json:"module"`
	Version  string          `json:"version,omitempty"`  // of the module
	Versions []string        `json:"versions,omitempty"` // where there are several, and none was asked for
	Schema   string          `json:"schema,omitempty"`   // CUE
	Minimal  json.RawMessage `json:"minimal,omitempty"`
	Full     json.RawMessage `json:"full,omitempty"`
	Found    json.RawMessage `json:"found,omitempty"` // the plugin as a document has it
	In       string          `json:"in,omitempty"`    // that document
	Hint     string          `json:"hint,omitempty"`
}

func getPluginSchema() Tool {
	kind := required(Param{Name: "kind", Doc: "TimeSeriesChart, PrometheusTimeSeriesQuery, …"})
	ofVersion := Param{Name: "version", Type: Name, Doc: "where several are loaded"}
	return Tool{
		Name: "perses_get_plugin_schema", Title: "Get the schema of a plugin",
		Description: "How to write the spec of a plugin for this Perses: its schema in CUE, a minimal and a full example.",
		Params:      []Param{kind, ofVersion},
		Toolset:     pluginToolset,
		Run: func(call *Call) (any, error) {
			all, err := call.Plugins()
			if err != nil {
				return nil, call.Explain("list", perses.Ref{Kind: "plugins"}, err)
			}
			loaded, err := pluginsCalled(all, call.Text(kind.Name))
			if err != nil {
				return nil, err
			}
			chosen, err := ofThatVersion(loaded, call.Text(ofVersion.Name))
			if err != nil {
				return nil, err
			}
			return schemaOf(call, chosen, len(loaded) > 1, call.Text(ofVersion.Name), all)
		},
	}
}

// pluginsCalled returns the plugin of a name, in each of the versions that are loaded. The name may be in other letters,
// or lack what the names of its kind end with: timeseries for TimeSeriesChart.
func pluginsCalled(all []perses.Plugin, name string) ([]perses.Plugin, error) {
	var names []string
	for _, is := range []func(string) bool{
		func(have string) bool { return have == name },
		func(have string) bool { return strings.EqualFold(have, name) },
		func(have string) bool { return strings.EqualFold(plugin.Short(have), name) },
	} {
		var found []perses.Plugin
		names = nil
		for _, p := range all {
			if is(p.Name) {
				found = append(found, p)
				names = append(names, p.Name)
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
		if len(names) == 1 {
			return found, nil
		}
		if len(names) > 1 {
			return nil, fmt.Errorf("kind %q may be each of %s: name one", name, strings.Join(names, ", "))
		}
	}
	for _, p := range all {
		names = append(names, p.Name)
	}
	if near := nearest.Names(name, names); len(near) > 0 {
		return nil, fmt.Errorf("this Perses has no plugin %q. Nearest: %s", name, strings.Join(near, ", "))
	}
	return nil, fmt.Errorf("this Perses has no plugin %q; perses_list_plugins has those that there are", name)
}

// ofThatVersion chooses among the versions of a plugin; without one, whichever: Perses then takes its own choice.
func ofThatVersion(loaded []perses.Plugin, version string) (perses.Plugin, error) {
	var versions []string
	for _, p := range loaded {
		if version == "" || p.Version == version {
			return p, nil
		}
		versions = append(versions, p.Version)
	}
	return perses.Plugin{}, fmt.Errorf("version %q of %s is not loaded; there is %s", version, loaded[0].Name, strings.Join(versions, ", "))
}

func schemaOf(call *Call, p perses.Plugin, several bool, version string, all []perses.Plugin) (any, error) {
	answer := pluginSchema{Kind: p.Name, Is: p.Kind, Module: p.Module, Version: p.Version}
	if p.Kind == "Explore" {
		answer.Hint = "An explorer is a page of Perses' UI: no document has one, so it has no spec."
		return answer, nil
	}
	if several && version == "" {
		answer.Version, answer.Versions = "", versionsOf(all, p.Name)
	}
	var hints []string
	written := ""
	if several { // else documents need not say which
		written = version
	}
	examples, refused, err := validExamples(call, p, written, all)
	if err != nil {
		return nil, err
	}
	answer.Minimal, answer.Full = examples.Minimal, examples.Full
	hints = append(hints, refused...)

	reader := schemaReader{call: call, plugin: p, version: version}
	schema := plugin.Find(plugin.Plugin{Name: p.Name, Kind: p.Kind, Module: p.Module, SchemasPath: p.SchemasPath}, reader.files)
	if reader.err != nil {
		return nil, call.Explain("get", perses.Ref{Kind: "plugin", Name: p.Name}, reader.err)
	}
	if schema == nil {
		found, where, err := pluginInUse(call, p, most(call)-len(perses.Marshal(answer))-spareForHints)
		if err != nil {
			return nil, err
		}
		answer.Found, answer.In = found, where
		answer.Hint = strings.Join(append(hints, withoutSchema(reader, p, where)), " ")
		return answer, nil
	}
	if len(schema.Missing) > 0 {
		hints = append(hints, "Not served, so not shown: "+someDefinitions(schema.Missing)+".")
	}
	fits := func(text string) bool {
		answer.Schema, answer.Hint = text, strings.Join(hints, " ")
		return len(perses.Marshal(answer)) <= most(call)-spareForHints
	}
	text, left := schema.Text(fits)
	if !fits(text) { // kind and spec alone are too long
		answer.Full = nil
		hints = append(hints, "The full example is left out for its length.")
		text, left = schema.Text(fits)
	}
	answer.Schema = text
	if left != nil {
		hints = append(hints, "Left out for their length: "+someDefinitions(left)+".")
	}
	answer.Hint = strings.Join(hints, " ")
	return answer, nil
}

// spareForHints is kept free for what the answer says at its end: two lists of names at the most, and a few sentences.
const spareForHints = 700

// someDefinitions lists definitions, so many that an answer can hold them.
func someDefinitions(definitions []string) string {
	const many, longest = 6, 30
	var shown []string
	for _, d := range definitions {
		shown = append(shown, query.Clip(d, longest))
	}
	return someOf(shown, many)
}

// most is how long the answer may be.
func most(call *Call) int { return min(call.Limit, maxSchema) }

func versionsOf(all []perses.Plugin, name string) (versions []string) {
	for _, p := range all {
		if p.Name == name {
			versions = append(versions, p.Version)
		}
	}
	return versions
}

// withoutSchema says why there is no schema in the answer, and what is there instead.
func withoutSchema(r schemaReader, p perses.Plugin, where string) string {
	why := fmt.Sprintf("This Perses does not serve the files of its plugins (frontend.disable, or a proxy before it), so the schema of %s cannot be read.", p.Name)
	if r.served() {
		why = fmt.Sprintf("The module %s has the schema of %s in none of the usual places.", p.Module, p.Name)
	}
	if where == "" {
		return why + " No dashboard that you may read and that was looked at has one. perses_create_dashboard with dry_run says what of a spec Perses refuses."
	}
	return why + " found is one that works, as a document has it."
}

// schemaReader reads the files of a plugin's module during one call.
type schemaReader struct {
	call    *Call
	plugin  perses.Plugin
	version string
	err     error // of asking Perses
}

// filesAtOnce is how many files of a plugin are asked for at the same time.
const filesAtOnce = 8

// files returns the text of those files that there are, mostly the fewest.
func (r *schemaReader) files(paths []string) map[string]string {
	texts := make([]string, len(paths))
	exist := make([]bool, len(paths))
	var group parallel.Group
	group.SetLimit(filesAtOnce)
	for i, file := range paths {
		group.Go(func() (err error) {
			texts[i], exist[i], err = r.call.PluginFile(r.plugin, r.version, file)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		r.err = err
	}
	found := map[string]string{}
	for i, file := range paths {
		if exist[i] {
			found[file] = texts[i]
		}
	}
	return found
}

// served tells whether this Perses serves any file of the module.
func (r *schemaReader) served() bool {
	_, served, _ := r.call.PluginFile(r.plugin, r.version, "package.json")
	return served
}

// validExamples returns the examples of a plugin that this Perses takes, written as documents have them, and says which
// it refuses.
func validExamples(call *Call, p perses.Plugin, version string, all []perses.Plugin) (plugin.Example, []string, error) {
	specs := plugin.ExampleOf(p.Name)
	e := plugin.Example{Minimal: plugin.Written(p.Name, version, specs.Minimal), Full: plugin.Written(p.Name, version, specs.Full)}
	var panels []string
	for _, other := range all {
		if other.Kind == "Panel" {
			panels = append(panels, other.Name)
		}
	}
	var refused []string
	for name, example := range map[string]*json.RawMessage{"minimal": &e.Minimal, "full": &e.Full} {
		if *example == nil {
			continue
		}
		dashboard := plugin.Around(p.Kind, panels, *example)
		if dashboard == nil {
			refused = append(refused, fmt.Sprintf("The %s example was not validated.", name))
			continue
		}
		err := validateDashboard(call, dashboard)
		switch {
		case errors.As(err, new(*perses.Error)):
			*example = nil
			refused = append(refused, fmt.Sprintf("The %s example is left out: this Perses refuses it.", name))
		case err != nil:
			return e, nil, call.Explain("validate", perses.Ref{Kind: "plugin", Name: p.Name}, err)
		}
	}
	slices.Sort(refused)
	return e, refused, nil
}

// validateDashboard asks Perses whether a dashboard is valid.
func validateDashboard(call *Call, document json.RawMessage) error {
	_, err := perses.Guard(func() (any, error) {
		var d modelv1.Dashboard
		if err := json.Unmarshal(document, &d); err != nil {
			return nil, err
		}
		return nil, call.CheckDocument(modelv1.KindDashboard, perses.Marshal(d))
	})
	return err
}
