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
	"github.com/perses/mcp-server/pkg/perses/problem"
	"github.com/perses/mcp-server/pkg/plugin"
	"github.com/perses/mcp-server/pkg/query"
)

// maxSchema is the maximum size in bytes of the answer of perses_get_plugin_schema.
const maxSchema = 6 << 10

// pluginSchema is the answer of perses_get_plugin_schema.
type pluginSchema struct {
	Kind     string          `json:"kind"`
	Is       string          `json:"is"` // Panel, Variable, …
	Module   string          `json:"module"`
	Version  string          `json:"version,omitempty"`  // of the module
	Versions []string        `json:"versions,omitempty"` // if there are several and the call names none
	Schema   string          `json:"schema,omitempty"`   // CUE
	Minimal  json.RawMessage `json:"minimal,omitempty"`
	Full     json.RawMessage `json:"full,omitempty"`
	Found    json.RawMessage `json:"found,omitempty"` // the plugin as used in a document
	In       string          `json:"in,omitempty"`    // the name of that document
	Hint     string          `json:"hint,omitempty"`
}

func getPluginSchema() Tool {
	kind := required(Param{Name: "kind", Doc: "TimeSeriesChart, PrometheusTimeSeriesQuery, …"})
	ofVersion := Param{Name: "version", Type: Name, Doc: "if several are loaded"}
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
			loaded, err := pluginsNamed(all, call.Text(kind.Name))
			if err != nil {
				return nil, err
			}
			chosen, err := pluginOfVersion(loaded, call.Text(ofVersion.Name))
			if err != nil {
				return nil, err
			}
			return schemaOf(call, chosen, len(loaded) > 1, call.Text(ofVersion.Name), all)
		},
	}
}

// pluginsNamed returns all loaded versions of a plugin. The name may differ in case and lack the suffix of its kind, such as
// timeseries for TimeSeriesChart.
func pluginsNamed(all []perses.Plugin, name string) ([]perses.Plugin, error) {
	var names []string
	for _, matches := range []func(string) bool{
		func(have string) bool { return have == name },
		func(have string) bool { return strings.EqualFold(have, name) },
		func(have string) bool { return strings.EqualFold(plugin.Short(have), name) },
	} {
		var found []perses.Plugin
		names = nil
		for _, p := range all {
			if matches(p.Name) {
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
			return nil, fmt.Errorf("kind %q is ambiguous: name one of %s", name, strings.Join(names, ", "))
		}
	}
	for _, p := range all {
		names = append(names, p.Name)
	}
	if near := nearest.Names(name, names); len(near) > 0 {
		return nil, fmt.Errorf("this Perses has no plugin %q. Nearest: %s", name, strings.Join(near, ", "))
	}
	return nil, fmt.Errorf("this Perses has no plugin %q; perses_list_plugins lists its plugins", name)
}

// pluginOfVersion returns the plugin of a version, or the first one if version is "": Perses then chooses the version.
func pluginOfVersion(loaded []perses.Plugin, version string) (perses.Plugin, error) {
	var versions []string
	for _, p := range loaded {
		if version == "" || p.Version == version {
			return p, nil
		}
		versions = append(versions, p.Version)
	}
	return perses.Plugin{}, fmt.Errorf("version %q of %s is not loaded; loaded: %s", version, loaded[0].Name, strings.Join(versions, ", "))
}

func schemaOf(call *Call, p perses.Plugin, several bool, version string, all []perses.Plugin) (any, error) {
	answer := pluginSchema{Kind: p.Name, Is: p.Kind, Module: p.Module, Version: p.Version}
	if p.Kind == "Explore" {
		answer.Hint = "An explorer is a page of Perses' UI. No document uses it, so it has no spec."
		return answer, nil
	}
	if several && version == "" {
		answer.Version, answer.Versions = "", versionsOf(all, p.Name)
	}
	var hints []string
	exampleVersion := ""
	if several { // otherwise documents need no version
		exampleVersion = version
	}
	examples, refused, err := validExamples(call, p, exampleVersion, all)
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
		found, where, err := pluginInUse(call, p, maxAnswer(call)-len(perses.Marshal(answer))-spareForHints)
		if err != nil {
			return nil, err
		}
		answer.Found, answer.In = found, where
		answer.Hint = strings.Join(append(hints, explainNoSchema(reader, p, where)), " ")
		return answer, nil
	}
	if len(schema.Missing) > 0 {
		hints = append(hints, "Not served, so not shown: "+someDefinitions(schema.Missing)+".")
	}
	fits := func(text string) bool {
		answer.Schema, answer.Hint = text, strings.Join(hints, " ")
		return len(perses.Marshal(answer)) <= maxAnswer(call)-spareForHints
	}
	text, left := schema.Text(fits)
	if !fits(text) { // even the shortest text is too long
		answer.Full = nil
		hints = append(hints, "The full example is left out because of its length.")
		text, left = schema.Text(fits)
	}
	answer.Schema = text
	if left != nil {
		hints = append(hints, "Left out because of their length: "+someDefinitions(left)+".")
	}
	answer.Hint = strings.Join(hints, " ")
	return answer, nil
}

// spareForHints is the space in bytes for hints: two lists of names and a few sentences.
const spareForHints = 700

// someDefinitions lists the first definitions, shortened.
func someDefinitions(definitions []string) string {
	const maxDefinitions, maxLength = 6, 30
	var shown []string
	for _, d := range definitions {
		shown = append(shown, query.Clip(d, maxLength))
	}
	return someOf(shown, maxDefinitions)
}

// maxAnswer is the maximum size of the answer in bytes.
func maxAnswer(call *Call) int { return min(call.Limit, maxSchema) }

func versionsOf(all []perses.Plugin, name string) (versions []string) {
	for _, p := range all {
		if p.Name == name {
			versions = append(versions, p.Version)
		}
	}
	return versions
}

// explainNoSchema says why the answer has no schema, and what it has instead.
func explainNoSchema(r schemaReader, p perses.Plugin, where string) string {
	why := fmt.Sprintf("This Perses does not serve the files of its plugins (frontend.disable, or a proxy before it), so the schema of %s cannot be read.", p.Name)
	if r.served() {
		why = fmt.Sprintf("The module %s has no schema of %s in the usual places.", p.Module, p.Name)
	}
	if where == "" {
		return why + " None of the dashboards that were read uses the plugin. perses_create_dashboard with dry_run says what Perses refuses in a spec."
	}
	return why + " found is a working one from a document."
}

// schemaReader reads the files of a plugin's module.
type schemaReader struct {
	call    *Call
	plugin  perses.Plugin
	version string
	err     error // the first failed request
}

// maxConcurrentFiles is the maximum number of files of a plugin that are requested concurrently.
const maxConcurrentFiles = 8

// files returns the texts of the files that exist. Most of the paths do not.
func (r *schemaReader) files(paths []string) map[string]string {
	texts := make([]string, len(paths))
	exist := make([]bool, len(paths))
	var group parallel.Group
	group.SetLimit(maxConcurrentFiles)
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

// served reports whether this Perses serves any file of the module.
func (r *schemaReader) served() bool {
	_, served, _ := r.call.PluginFile(r.plugin, r.version, "package.json")
	return served
}

// validExamples returns the examples of a plugin that this Perses accepts, in the form that documents have, and a sentence for
// each one that it refuses.
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
		case errors.As(err, new(*problem.Error)):
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
