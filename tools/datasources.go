package tools

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
)

const (
	direct  = "direct"    // the browser sends requests to the datasource itself
	proxied = "HTTPProxy" // Perses forwards them
)

var datasourceParams = []Param{
	required(Param{Name: "name", Type: Name}),
	required(Param{Name: "type", Doc: "a Datasource plugin, e.g. PrometheusDatasource"}),
	required(Param{Name: "url"}),
	{Name: "display_name"},
	{Name: "proxy_type", Enum: []string{proxied, direct}, Doc: "direct: from the browser; tools cannot query it"},
	dryRun,
}

func createGlobalDatasource() Tool {
	kind := ofKind(modelv1.KindGlobalDatasource)
	return Tool{
		Name: "perses_create_global_datasource", Title: "Create a global datasource",
		Description: "Create a datasource for all projects.",
		Params:      datasourceParams,
		Effect:      Creates, Toolset: kind.toolset(),
		Run: func(call *Call) (any, error) {
			spec := object{"default": false}
			if err := setDatasource(call, spec); err != nil {
				return nil, err
			}
			return kind.createOf(call, newDocument(kind, call.Text("name"), perses.Marshal(spec)), "")
		},
	}
}

func updateGlobalDatasource() Tool {
	kind := ofKind(modelv1.KindGlobalDatasource)
	return Tool{
		Name: "perses_update_global_datasource", Title: "Update a global datasource",
		Description: "Change a global datasource. Anything not given stays the same, such as headers and secret.",
		Params:      append(datasourceParams[:len(datasourceParams):len(datasourceParams)], version),
		Effect:      Replaces, Toolset: kind.toolset(),
		Run: func(call *Call) (any, error) {
			r := kind.ref("", call.Text("name"))
			raw, err := call.Get(r)
			if err != nil {
				return nil, call.Explain("update", r, err)
			}
			document := decodeObject(raw)
			if document == nil {
				return nil, fmt.Errorf("cannot update %s: the answer of Perses is not a JSON object", r)
			}
			spec := objectAt(document, "spec")
			before := addressOf(spec)
			if err := setDatasource(call, spec); err != nil {
				return nil, err
			}
			if sendsElsewhere(spec, before) {
				return nil, fmt.Errorf("%s has hidden values, such as passwords in headers, and would send them to another server than %s: change it with perses_apply_resource and the real values", r, mask.Text(before))
			}
			r, updated, err := kind.prepare(call, perses.Marshal(document), "")
			if err != nil {
				return nil, err
			}
			if err := checkVersion(call, r, raw); err != nil {
				return nil, err
			}
			return write(call, r, updated, raw, "Replace")
		},
	}
}

// setDatasource sets the fields of a datasource's spec that the call gives.
func setDatasource(call *Call, spec object) error {
	address := call.Text("url")
	if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("url %q: want an absolute http or https URL", address)
	}
	if call.Has("display_name") {
		objectAt(spec, "display")["name"] = call.Text("display_name")
	}
	plugin := objectAt(spec, "plugin")
	plugin["kind"] = call.Text("type")
	pluginSpec := objectAt(plugin, "spec")
	if proxyType(call, pluginSpec) == direct {
		if lost := proxyOnly(pluginSpec); len(lost) > 0 {
			return fmt.Errorf("proxy_type direct would drop the %s of its proxy: change it with perses_apply_resource", strings.Join(lost, ", "))
		}
		delete(pluginSpec, "proxy")
		pluginSpec["directUrl"] = address
		return nil
	}
	delete(pluginSpec, "directUrl")
	proxy := objectAt(pluginSpec, "proxy")
	if kind, ok := proxy["kind"]; ok && kind != proxied {
		return fmt.Errorf("this datasource uses a %v, which has no URL: change it with perses_apply_resource", kind)
	}
	proxy["kind"] = proxied
	objectAt(proxy, "spec")["url"] = address
	return nil
}

// addressOf returns the URL of a datasource, "" if it has none.
func addressOf(spec object) string {
	pluginSpec := gjson.GetBytes(perses.Marshal(spec), "plugin.spec")
	return cmp.Or(pluginSpec.Get("proxy.spec.url").String(), pluginSpec.Get("directUrl").String())
}

// sendsElsewhere reports whether a datasource with a new URL would send hidden values to another server.
func sendsElsewhere(spec object, before string) bool {
	now := addressOf(spec)
	if dashboard.OriginOf(now) == dashboard.OriginOf(before) {
		return false
	}
	// Hidden values in the new URL come from the caller.
	return mask.Hides(bytes.Replace(perses.Marshal(spec), perses.Marshal(now), []byte(`""`), 1))
}

// proxyOnly returns the fields of a datasource's proxy that a direct datasource cannot have.
func proxyOnly(pluginSpec object) []string {
	proxy, _ := pluginSpec["proxy"].(object)
	spec, _ := proxy["spec"].(object)
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(spec)), func(key string) bool { return key == "url" || isEmpty(gjson.ParseBytes(perses.Marshal(spec[key]))) })
	if proxy != nil && proxy["kind"] != proxied {
		keys = append(keys, "kind")
	}
	return keys
}

// proxyType returns the proxy type that the call asks for, or else that of the datasource.
func proxyType(call *Call, pluginSpec object) string {
	if call.Has("proxy_type") {
		return call.Text("proxy_type")
	}
	if _, ok := pluginSpec["directUrl"]; ok {
		return direct
	}
	return proxied
}
