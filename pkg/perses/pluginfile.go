package perses

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/perses/spec/go/plugin"

	"github.com/perses/mcp-server/pkg/perses/problem"
)

// maxPluginFile is how much of a plugin's file is read. Schemas have some kilobytes.
const maxPluginFile = 64 << 10

// PluginFile returns the text of a file of the module of a plugin, by its path there, such as schemas/table.cue. Perses
// serves them to its UI at /plugins/MODULE~VERSION~REGISTRY/PATH (ui/endpoint.go of Perses), unless its frontend is
// disabled, and lists them nowhere. Without version, it is the one that documents get which name none. The file counts as
// not found, whatever the reason for which Perses does not serve it, and if it is larger than any schema.
func (c *Client) PluginFile(p Plugin, version, file string) (text string, found bool, err error) {
	module := []string{p.Module}
	if version == "" && p.Registry != "" {
		version = plugin.LatestVersion
	}
	if version != "" {
		module = append(module, version)
	}
	if p.Registry != "" {
		module = append(module, p.Registry)
	}
	// What the module is called is Perses' own, and the file is guessed: neither may lead to another path.
	for _, name := range slices.Concat(module, strings.Split(file, "/")) {
		if CheckName("", name) != nil {
			return "", false, nil
		}
	}
	address := &url.URL{Scheme: c.url.Scheme, Host: c.url.Host, Path: strings.TrimSuffix(c.url.Path, "/") + "/plugins/" + strings.Join(module, "~") + "/" + file}
	request, err := http.NewRequestWithContext(c.ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return "", false, err
	}
	for name, value := range c.headers {
		request.Header.Set(name, value)
	}
	content, err := again(c.ctx, c.Server, func() ([]byte, error) {
		response, err := c.bound.RoundTrip(request)
		if err != nil {
			return nil, err
		}
		defer func() { _ = response.Body.Close() }()
		return io.ReadAll(io.LimitReader(response.Body, maxPluginFile+1))
	})
	if errors.As(err, new(*problem.Error)) {
		return "", false, nil
	}
	if err != nil || len(content) > maxPluginFile {
		return "", false, err
	}
	return string(content), true, nil
}
