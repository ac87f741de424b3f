package perses_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/spec/go/common"

	"github.com/perses/mcp-server/pkg/perses"
)

func TestPluginFile(t *testing.T) {
	var asked []string
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		switch {
		case strings.HasSuffix(r.URL.Path, "page.cue"):
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>the UI</html>"))
		case strings.HasSuffix(r.URL.Path, "large.cue"):
			_, _ = w.Write(make([]byte, 65<<10))
		case strings.HasSuffix(r.URL.Path, "none.cue"):
			http.NotFound(w, r)
		default:
			_, _ = w.Write([]byte(r.URL.Path))
		}
	}))
	t.Cleanup(front.Close)
	server, err := perses.Connect(clientconfig.RestConfigClient{URL: common.MustParseURL(front.URL + "/prefix")}, perses.Trust{})
	if err != nil {
		t.Fatal(err)
	}
	client := server.Client(t.Context())
	for _, c := range []struct {
		plugin        perses.Plugin
		version, file string
		want          string // "" if there is no such file
	}{
		{perses.Plugin{Module: "Shop"}, "", "schemas/shop.cue", "/prefix/plugins/Shop/schemas/shop.cue"},
		{perses.Plugin{Module: "Shop"}, "1.0.0", "package.json", "/prefix/plugins/Shop~1.0.0/package.json"},
		{perses.Plugin{Module: "Shop", Registry: "shop.example"}, "", "a.cue", "/prefix/plugins/Shop~latest~shop.example/a.cue"},
		{perses.Plugin{Module: "Shop"}, "", "page.cue", ""},
		{perses.Plugin{Module: "Shop"}, "", "large.cue", ""},
		{perses.Plugin{Module: "Shop"}, "", "none.cue", ""},
	} {
		text, found, err := client.PluginFile(c.plugin, c.version, c.file)
		if err != nil || text != c.want || found != (c.want != "") {
			t.Errorf("%v %s %s: got %q, %v, %v", c.plugin, c.version, c.file, text, found, err)
		}
	}
	asked = nil
	for _, p := range []perses.Plugin{{}, {Module: ".."}, {Module: "a/b"}, {Module: "a", Registry: "../x"}} {
		for _, file := range []string{"", "../x.cue", "a//b", "a/../b", "/a", "a%2fb", "a?b", "ä"} {
			for _, good := range []perses.Plugin{p, {Module: "Shop"}} {
				if _, found, err := client.PluginFile(good, "", file); found || err != nil {
					t.Errorf("%v %q: %v, %v", good, file, found, err)
				}
			}
		}
		if _, found, err := client.PluginFile(p, "", "a.cue"); found || err != nil {
			t.Errorf("%v: %v, %v", p, found, err)
		}
	}
	if asked != nil {
		t.Errorf("Perses was asked for %q", asked)
	}
	if _, found, err := client.PluginFile(perses.Plugin{Module: "Shop"}, "../..", "a.cue"); found || err != nil || asked != nil {
		t.Errorf("%v, %v, %q", found, err, asked)
	}
	front.Close()
	if _, _, err := server.Client(hurried(t)).PluginFile(perses.Plugin{Module: "Shop"}, "", "a.cue"); err == nil {
		t.Error("a Perses that is not there has no file")
	}
}
