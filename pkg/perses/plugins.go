package perses

import (
	"encoding/json"

	"github.com/perses/perses/pkg/client/perseshttp"
	"github.com/perses/spec/go/plugin"
)

// Plugin is a plugin that the connected Perses has: the kind that a document names (PrometheusDatasource,
// TimeSeriesChart) and what it is for.
type Plugin struct {
	Name    string // as documents name it
	Kind    string // what it is: Datasource, Panel, TimeSeriesQuery, Variable, …
	Title   string
	Module  string
	Version string
	// Registry is where the module comes from, empty for the default one.
	Registry string
	// SchemasPath is the folder of the module in which its schemas lie.
	SchemasPath string
}

// Plugins returns the plugins that are loaded. They are decoded here, not by the types of the client, which
// refuse the whole list for one plugin of a sort that they do not know yet.
func (c *Client) Plugins() ([]Plugin, error) {
	var modules []struct {
		Metadata struct{ Name, Version, Registry string }
		Spec     struct {
			SchemasPath string
			Plugins     []struct {
				Kind string
				Spec struct {
					Name    string
					Display struct{ Name string }
				}
			}
		}
		Status *struct{ IsLoaded bool }
	}
	listed, err := c.exchange(nil, func(rest *perseshttp.RESTClient) *perseshttp.Request { return rest.Get().Resource("plugins") })
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(listed, &modules); err != nil {
		return nil, err
	}
	var plugins []Plugin
	for _, m := range modules {
		if m.Status != nil && !m.Status.IsLoaded {
			continue
		}
		registry := m.Metadata.Registry
		if registry == plugin.DefaultRegistry {
			registry = ""
		}
		for _, p := range m.Spec.Plugins {
			plugins = append(plugins, Plugin{
				Name: p.Spec.Name, Kind: p.Kind, Title: p.Spec.Display.Name,
				Module: m.Metadata.Name, Version: m.Metadata.Version, Registry: registry, SchemasPath: m.Spec.SchemasPath,
			})
		}
	}
	return plugins, nil
}
