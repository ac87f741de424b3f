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
)

// direct and proxied are the two ways to a datasource: from the browser, or through the proxy of Perses.
const (
	direct  = "direct"
	proxied = "HTTPProxy"
)

var datasourceParams = []Param{
	required(Param{Name: "name", Type: Name}),
	required(Param{Name: "type", Doc: "a Datasource plugin, e.g. PrometheusDatasource"}),
	required(Param{Name: "url"}),
	{Name: "display_name"},
	{Name: "proxy_type", Enum: []string{proxied, direct}, Doc: "direct: the browser asks it, tools cannot"},
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
		Description: "Change a global datasource. What is not given stays: headers, secret, allowed endpoints, whether it is the default.",
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
				return nil, fmt.Errorf("cannot update %s: what Perses answered is not a JSON object", r)
			}
			spec := objectAt(document, "spec")
			before := addressOf(spec)
			if err := setDatasource(call, spec); err != nil {
				return nil, err
			}
			if sendsElsewhere(spec, before) {
				return nil, fmt.Errorf("%s holds values that are not shown, such as passwords in its headers, and would send them to another server than %s: change it with perses_apply_resource and the real values", r, perses.MaskText(before))
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

// setDatasource puts the arguments of the call into the spec of a datasource and leaves the rest of it.
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
	way := objectAt(plugin, "spec")
	if proxyType(call, way) == direct {
		if kept := besidesURL(way); len(kept) > 0 {
			return fmt.Errorf("proxy_type direct would drop the %s of its proxy: change it with perses_apply_resource", strings.Join(kept, ", "))
		}
		delete(way, "proxy")
		way["directUrl"] = address
		return nil
	}
	delete(way, "directUrl")
	proxy := objectAt(way, "proxy")
	if kind, ok := proxy["kind"]; ok && kind != proxied {
		return fmt.Errorf("this datasource has a %v, which has no url: change it with perses_apply_resource", kind)
	}
	proxy["kind"] = proxied
	objectAt(proxy, "spec")["url"] = address
	return nil
}

// addressOf returns the URL of a datasource, "" if it has none.
func addressOf(spec object) string {
	way := gjson.GetBytes(perses.Marshal(spec), "plugin.spec")
	return cmp.Or(way.Get("proxy.spec.url").String(), way.Get("directUrl").String())
}

// sendsElsewhere reports whether a datasource with a new URL would send hidden values to another server.
func sendsElsewhere(spec object, before string) bool {
	now := addressOf(spec)
	if dashboard.OriginOf(now) == dashboard.OriginOf(before) {
		return false
	}
	// What the new URL hides comes from the caller.
	return perses.Hides(bytes.Replace(perses.Marshal(spec), perses.Marshal(now), []byte(`""`), 1))
}

// besidesURL returns what the proxy of a datasource has that a direct way to it cannot have.
func besidesURL(way object) []string {
	proxy, _ := way["proxy"].(object)
	spec, _ := proxy["spec"].(object)
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(spec)), func(key string) bool { return key == "url" || isEmpty(gjson.ParseBytes(perses.Marshal(spec[key]))) })
	if proxy != nil && proxy["kind"] != proxied {
		keys = append(keys, "kind")
	}
	return keys
}

// proxyType is the way that the call asks for, or the one that the datasource has.
func proxyType(call *Call, way object) string {
	if call.Has("proxy_type") {
		return call.Text("proxy_type")
	}
	if _, ok := way["directUrl"]; ok {
		return direct
	}
	return proxied
}
