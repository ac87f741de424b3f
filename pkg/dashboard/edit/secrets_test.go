package edit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard/edit"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

var secrets = edit.Secrets{Show: mask.Document, Hides: mask.Hides}

// hiding is a dashboard with hidden values: a header of a datasource, a password in a panel, and passwords in URLs.
const hiding = `{"kind":"Dashboard","metadata":{"name":"d","project":"p","tags":["https://tagger:TAG@host"]},"spec":{"display":{"name":"D","description":"see https://reader:TEXT@host/x"},"duration":"1h",` +
	`"datasources":{"x":{"default":false,"plugin":{"kind":"PrometheusDatasource","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://prom","headers":{"Authorization":"Bearer HEADER","X-Scope":"a"}}}}}}},` +
	`"links":[{"name":"Wiki","url":"https://linker:LINK@host/wiki"}],"variables":[{"kind":"TextVariable","spec":{"name":"v","value":"https://v:VALUE@host"}}],` +
	`"panels":{"p":{"kind":"Panel","spec":{"display":{"name":"P","description":"x"},"plugin":{"kind":"Markdown","spec":{"text":"https://panel:PANEL@host","password":"PASSWORD"}}}},` +
	`"headers":{"kind":"Panel","spec":{"display":{"name":"H"},"plugin":{"kind":"Odd","spec":{"session":"SESSION"}}}},"plain":{"kind":"Panel","spec":{"display":{"name":"Plain"},"plugin":{"kind":"Markdown","spec":{"text":"x"}}}}},` +
	`"layouts":[{"kind":"Grid","spec":{"display":{"title":"https://row:ROW@host"},"items":[{"x":0,"y":0,"width":24,"height":4,"content":{"$ref":"#/spec/panels/p"}}]}}]}}`

// hidden are the parts of hiding that must never be shown.
var hidden = []string{"TAG", "TEXT", "HEADER", "LINK", "VALUE", "PANEL", "PASSWORD", "SESSION", "ROW"}

// TestHiddenValuesStayHidden applies edits that move hidden values. Each must fail, or the value must stay hidden in its
// new place.
func TestHiddenValuesStayHidden(t *testing.T) {
	const header, to = `/spec/datasources/x/plugin/spec/proxy/spec/headers/Authorization`, `/spec/display/description`
	for _, one := range []string{
		`{"op":"copy","from":"` + header + `","path":"` + to + `"}`, `{"op":"move","from":"` + header + `","path":"` + to + `"}`,
		`{"op":"copy","from":"/spec/datasources/x/plugin/spec/proxy/spec/headers","path":"/spec/plugin"}`,
		`{"op":"copy","from":"/spec/datasources","path":"/spec/other"}`,
		`{"op":"move","from":"/spec/panels/p/spec/plugin/spec/password","path":"/spec/panels/p/spec/plugin/spec/text"}`,
		`{"op":"copy","from":"/spec/panels/p/spec/plugin/spec/password","path":"/metadata/tags/0"}`,
		`{"op":"copy","from":"/spec/panels/headers/spec/plugin","path":"/spec/panels/p/spec/plugin"}`,
		`{"op":"copy","from":"/spec/display/description","path":"/spec/display/name"}`,
		`{"op":"rename_panel","panel":"headers","key":"open"}`, `{"op":"clone_panel","panel":"headers","key":"open"}`,
		`{"op":"clone_panel","panel":"p"}`, `{"op":"move_panel","panel":"p","x":3}`, `{"op":"change_panel","panel":"p","set":{"title":"N","description":"y"}}`,
		`{"op":"change_panel","panel":"p","set":{"text":"https://panel:PANE"}}`, `{"op":"set","description":"see https://reader:TEX"}`, `{"op":"set","description":null}`,
		`{"op":"change_link","link":"Wiki","set":{"url":"https://linker:LIN"}}`, `{"op":"remove_link","link":"Wiki"}`, `{"op":"change_row","row":0,"set":{"title":null}}`,
		`{"op":"change_row","row":"none","set":{"title":null}}`, `{"op":"remove_link","link":"none"}`, `{"op":"change_variable","variable":"v","set":{"text":"x"}}`, `{"op":"rename_variable","variable":"v","to":"w"}`,
		`{"op":"set","add_tags":["a"]}`, `{"op":"replace","path":"` + header + `","value":"x"}`, `{"op":"remove","path":"/spec/datasources"}`, `{"op":"add","path":"/spec/links/0/nothing/x","value":1}`,
	} {
		edited, diff, err := edit.Apply(worktest.Budget(), json.RawMessage(hiding), []json.RawMessage{json.RawMessage(one)}, sketch.Env{}, secrets)
		shown := string(mask.Document(edited)) + "\n" + mask.Text(strings.Join(diff, "\n"))
		if err != nil {
			shown += mask.Text(err.Error())
		}
		for _, secret := range hidden {
			if strings.Contains(strings.ReplaceAll(shown, one, ""), secret) {
				t.Errorf("%s\nshows %s: %s", one, secret, shown)
			}
		}
	}
}

// TestHiddenValuesStayWithTheirServer changes the URL of a datasource with hidden headers. A correct guess of a header must
// make no difference.
func TestHiddenValuesStayWithTheirServer(t *testing.T) {
	const spec = `/spec/datasources/x/plugin/spec/proxy/spec`
	const elsewhere = `{"op":"replace","path":"` + spec + `/url","value":"http://elsewhere"}`
	for edits, goes := range map[string]bool{
		elsewhere: false,
		`{"op":"replace","path":"` + spec + `/url","value":"http://prom:81"}`:                                                                                                         false,
		`{"op":"replace","path":"` + spec + `/url","value":"http://PROM:80/prefix"}`:                                                                                                  true,
		`{"op":"add","path":"` + spec + `/URL","value":"http://elsewhere"}`:                                                                                                           false,
		`{"op":"remove","path":"` + spec + `/url"},{"op":"add","path":"` + spec + `/url","value":"http://elsewhere"}`:                                                                 false,
		`{"op":"copy","from":"/spec/datasources/x","path":"/spec/datasources/y"},{"op":"replace","path":"/spec/datasources/y/plugin/spec/proxy/spec/url","value":"http://elsewhere"}`: false,
		`{"op":"move","from":"/spec/datasources/x","path":"/spec/datasources/y"},{"op":"replace","path":"/spec/datasources/y/plugin/spec/proxy/spec/url","value":"http://elsewhere"}`: false,
		elsewhere + `,{"op":"remove","path":"` + spec + `/headers"}`:                                                                                                                  true,
		elsewhere + `,{"op":"replace","path":"` + spec + `/headers/Authorization","value":"Bearer HEADER"}`:                                                                           true,
		elsewhere + `,{"op":"add","path":"` + spec + `/headers/Authorization","value":"Bearer HEADER"}`:                                                                               true,
		elsewhere + `,{"op":"add","path":"` + spec + `/headers/Authorization","value":"Bearer x"}`:                                                                                    true,
		elsewhere + `,{"op":"set","description":"Bearer HEADER"}`:                                                                                                                     false,
		`{"op":"add","path":"/spec/datasources/x","value":{"plugin":{"kind":"PrometheusDatasource","spec":{"directUrl":"http://elsewhere"}}}}`:                                        true,
		`{"op":"set","description":"x"}`: true,
	} {
		var list []json.RawMessage
		if err := json.Unmarshal([]byte("["+edits+"]"), &list); err != nil {
			t.Fatal(err)
		}
		_, _, err := edit.Apply(worktest.Budget(), json.RawMessage(hiding), list, sketch.Env{}, secrets)
		if (err == nil) != goes || !goes && !strings.Contains(err.Error(), "would send them to another server") {
			t.Errorf("%s: %v", edits, err)
		}
	}
}

// TestKeysContainNoPassword makes keys from titles that contain a password, because keys are always shown.
func TestKeysContainNoPassword(t *testing.T) {
	document := strings.Replace(hiding, `"name":"Plain"`, `"name":"http://user:pa$SECRETWORD@host"`, 1)
	for _, one := range []string{
		`{"op":"clone_panel","panel":"plain"}`, `{"op":"add_panel","panel":{"title":"http://user:pa$SECRETWORD@host","text":"x"}}`,
		`{"op":"add_row","title":"R","panels":[{"title":"https%3A%2F%2Fuser%3ASECRETWORD%40host","text":"x"}]}`, `{"op":"move_panel","panel":"none","x":1}`,
	} {
		edited, diff, err := edit.Apply(worktest.Budget(), json.RawMessage(document), []json.RawMessage{json.RawMessage(one)}, sketch.Env{Shown: mask.Text}, secrets)
		if shown := strings.ToLower(strings.Join(diff, "\n") + string(mask.Document(edited))); (err == nil) != (len(diff) > 0) || strings.Contains(shown, "secretword") {
			t.Errorf("%s: %s %v", one, shown, err)
		}
	}
	s, err := sketch.Parse(worktest.Budget(), []byte(`{"title":"T","panels":[{"title":"http://user:SECRETWORD@host","text":"x"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if document, err := s.Expand(worktest.Budget(), "p", "d", sketch.Env{Shown: mask.Text}); err != nil || strings.Contains(strings.ToLower(string(mask.Document(document))), "secretword") {
		t.Errorf("%s %v", document, err)
	}
}

// TestClippedTextHidesPasswords changes long texts with percent-encoded URLs. A clipped URL can no longer be recognized as
// one.
func TestClippedTextHidesPasswords(t *testing.T) {
	text := strings.Repeat("a", 40) + " https%3A%2F%2Fuser%3ASECRETWORDSECRETWORDSECRETWORD%40host%2Fp"
	document := strings.NewReplacer(`"name":"Wiki"`, `"name":"`+text+`"`, `"name":"D"`, `"name":"`+text+`"`, `"name":"P"`, `"name":"`+text+`"`, "https://row:ROW@host", text).Replace(hiding)
	for _, one := range []string{
		`{"op":"set","title":"x"}`, `{"op":"rename_panel","panel":"p","title":"x"}`, `{"op":"change_row","row":0,"set":{"title":"x"}}`, `{"op":"move_row","row":0}`, `{"op":"remove_row","row":0}`,
		`{"op":"remove_row","row":"none"}`, `{"op":"remove_link","link":"none"}`, `{"op":"remove","path":"/spec/links/0"}`, `{"op":"remove_panel","panel":"none"}`,
	} {
		_, diff, err := edit.Apply(worktest.Budget(), json.RawMessage(document), []json.RawMessage{json.RawMessage(one)}, sketch.Env{}, secrets)
		if err != nil {
			diff = append(diff, err.Error())
		}
		if shown := mask.Text(strings.Join(diff, "\n")); strings.Contains(shown, "SECRETW") || shown == "" && !strings.Contains(one, "move_row") {
			t.Errorf("%s: %s", one, shown)
		}
	}
}

// TestHiddenValuesKeepTheirPlace copies and moves hidden values to places where they would be hidden too, but where they
// could become part of a text, a URL or the value of a variable.
func TestHiddenValuesKeepTheirPlace(t *testing.T) {
	const proxy = `/spec/datasources/x/plugin/spec/proxy/spec`
	for _, to := range []struct {
		from, path string
		goes       bool
	}{
		{proxy + "/headers", "/spec/panels/p/spec/plugin/spec/text", false},
		{proxy + "/headers", "/spec/datasources/y/plugin/spec/proxy/spec/headers", false},
		{proxy + "/headers/Authorization", proxy + "/headers/X-Scope", false},
		{"/spec/display/description", "/spec/panels/p/spec/display/name", false},
		{"/spec/display/description", "/spec/duration", false},
		{"/spec/links/0/url", "/spec/variables/0/spec/value", false},
		{"/spec/panels/p/spec/plugin/spec/text", "/spec/panels/plain/spec/plugin/spec/text", false},
		{"/spec/variables/0", "/spec/links/0", false},
		{"/spec/datasources/x", "/spec/panels/p", false},
		{"/spec/datasources", "/spec/panels", false},
		{"/spec/layouts/0/spec/display", "/spec/layouts/0/spec/items/0/content", false},
		{"/spec/datasources/x", "/spec/datasources/z", true},
		{"/spec/panels/p", "/spec/panels/q", true},
		{"/spec/variables/0", "/spec/variables/-", true},
		{"/metadata/tags/0", "/metadata/tags/-", true},
		{"/spec/panels/plain/spec/plugin/spec/text", "/spec/panels/p/spec/display/name", true},
	} {
		for _, op := range []string{"copy", "move"} {
			edits := []json.RawMessage{json.RawMessage(`{"op":"add","path":"/spec/datasources/y","value":{"plugin":{"spec":{"proxy":{"spec":{"url":"http://elsewhere"}}}}}}`),
				json.RawMessage(`{"op":"` + op + `","from":"` + to.from + `","path":"` + to.path + `"}`)}
			if op == "move" && strings.HasSuffix(to.path, "/-") {
				continue // moving a value to the end of its list removes it first
			}
			_, _, err := edit.Apply(worktest.Budget(), json.RawMessage(hiding), edits, sketch.Env{}, secrets)
			if goes := err == nil; goes != to.goes || !goes && !strings.Contains(err.Error(), "hidden values") {
				t.Errorf("%s %s %s: %v", op, to.from, to.path, err)
			}
		}
	}
}

// TestGuessesAreNotConfirmed applies the same edit with the hidden value and with a wrong guess. The results must be equal.
func TestGuessesAreNotConfirmed(t *testing.T) {
	const header = `/spec/datasources/x/plugin/spec/proxy/spec/headers`
	long := strings.Repeat("a long text before it ", 10)
	for _, c := range []struct{ one, right, wrong string }{
		{`{"op":"test","path":"` + header + `/Authorization","value":"GUESS"}`, "Bearer HEADER", "Bearer x"},
		{`{"op":"test","path":"` + header + `","value":{"Authorization":"GUESS","X-Scope":"a"}}`, "Bearer HEADER", "Bearer x"},
		{`{"op":"test","path":"/spec/display","value":{"name":"D","description":"GUESS"}}`, "see https://reader:TEXT@host/x", "x"},
		{`{"op":"replace","path":"` + header + `/Authorization","value":"GUESS"}`, "Bearer HEADER", "Bearer x"},
		{`{"op":"add","path":"` + header + `/Authorization","value":"GUESS"}`, "Bearer HEADER", "Bearer x"},
		{`{"op":"replace","path":"` + header + `","value":{"Authorization":"GUESS","X-Scope":"a"}}`, "Bearer HEADER", "Bearer x"},
		{`{"op":"set","description":"GUESS"}`, "see https://reader:TEXT@host/x", "see https://reader:OTHER@host/x"},
		{`{"op":"set","tags":["GUESS"]}`, "https://tagger:TAG@host", "https://tagger:x@host"},
		{`{"op":"change_link","link":"Wiki","set":{"url":"GUESS"}}`, "https://linker:LINK@host/wiki", "https://linker:x@host/wiki"},
		{`{"op":"remove_link","link":"GUESS"}`, "https://linker:LINK@host/wiki", "https://linker:x@host/wiki"},
		{`{"op":"change_row","row":0,"set":{"title":"GUESS"}}`, "https://row:ROW@host", "https://row:x@host"},
		{`{"op":"remove_row","row":"GUESS"}`, "https://row:ROW@host", "https://row:x@host"},
		{`{"op":"change_variable","variable":"v","set":{"text":"GUESS"}}`, "https://v:VALUE@host", "https://v:x@host"},
		{`{"op":"change_panel","panel":"p","set":{"text":"GUESS"}}`, "https://panel:PANEL@host", "https://panel:x@host"},
		{`{"op":"change_panel","panel":"p","set":{"options":{"password":"GUESS"}}}`, "PASSWORD", "x"},
		{`{"op":"change_panel","panel":"p","set":{"text":"GUESS"}}`, long + "https://panel:PANEL@host", long + "https://panel:x@host"},
		{`{"op":"replace_panel","panel":"p","with":{"kind":"Panel","spec":{"display":{"name":"P","description":"x"},"plugin":{"kind":"Markdown","spec":{"text":"https://panel:PANEL@host","password":"GUESS"}}}}}`, "PASSWORD", "x"},
	} {
		var shown [2]string
		for i, guess := range []string{c.right, c.wrong} {
			document := strings.Replace(hiding, `"text":"https://panel:PANEL@host"`, `"text":`+string(perses.Marshal(c.right)), 1)
			if !strings.HasPrefix(c.right, long) {
				document = hiding
			}
			edited, diff, err := edit.Apply(worktest.Budget(), json.RawMessage(document), []json.RawMessage{json.RawMessage(strings.Replace(c.one, "GUESS", guess, 1))}, sketch.Env{}, secrets)
			shown[i] = mask.Text(strings.Join(diff, "\n")+"\n") + string(mask.Document(edited))
			if err != nil {
				shown[i] += mask.Text(err.Error())
			}
		}
		if shown[0] != shown[1] || strings.TrimSpace(shown[0]) == "" {
			t.Errorf("%s\nright: %s\nwrong: %s", c.one, shown[0], shown[1])
		}
	}
}
