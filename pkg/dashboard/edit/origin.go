package edit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// A datasource sends its headers, some of them hidden, to the server of its URL. Whoever could change the URL and keep the
// headers could have them sent to another server.

// addresses are the keys of a datasource whose values name its server, in lower case: encoding/json takes them in any case.
var addresses = []string{"url", "directurl", "host"}

// eachText visits the texts of a datasource, with the keys of objects that lead to them.
func (e *editor) eachText(keys []string, v *value, visit func(keys []string, v *value)) {
	const ofText = 200 // units
	if v.isText() && e.budget.Spend(ofText) {
		visit(keys, v)
	}
	for _, m := range v.all() {
		below := keys
		if m.written != "" {
			below = append(keys[:len(keys):len(keys)], m.key)
		}
		e.eachText(below, m.value, visit)
	}
}

// serversOf returns the servers that a datasource asks.
func (e *editor) serversOf(name string, datasource *value) (servers []string) {
	e.eachText(datasourceKeys(name), datasource, func(keys []string, v *value) {
		if slices.Contains(addresses, strings.ToLower(keys[len(keys)-1])) {
			servers = append(servers, dashboard.OriginOf(v.text()))
		}
	})
	return servers
}

func datasourceKeys(name string) []string { return []string{"spec", "datasources", name} }

func (e *editor) datasources() *value { return e.document.at("spec", "datasources") }

// keepServers notes the servers to which each hidden value of the datasources is sent.
func (e *editor) keepServers() {
	if !e.hides([]string{"spec", "datasources"}, e.datasources()) {
		return
	}
	e.sentTo = map[*value][]string{}
	for _, m := range e.datasources().all() {
		servers := e.serversOf(m.key, m.value)
		e.eachText(datasourceKeys(m.key), m.value, func(keys []string, v *value) {
			if e.hides(keys, v) {
				e.sentTo[v] = servers
			}
		})
	}
}

// keepServersOf notes for a copy of a value the servers that were noted for the value.
func (e *editor) keepServersOf(v, copied *value) {
	if servers, ok := e.sentTo[v]; ok {
		e.sentTo[copied] = servers
	}
	if len(e.sentTo) == 0 {
		return
	}
	for i, m := range v.all() {
		if all := copied.all(); i < len(all) {
			e.keepServersOf(m.value, all[i].value)
		}
	}
}

// sendsElsewhere returns an error if a datasource would send hidden values of the document to another server than before. It
// looks at where the values come from, not at what they are, so that it confirms no guess that an edit brings.
func (e *editor) sendsElsewhere() (err error) {
	if len(e.sentTo) == 0 {
		return nil
	}
	for _, m := range e.datasources().all() {
		servers := e.serversOf(m.key, m.value)
		e.eachText(datasourceKeys(m.key), m.value, func(_ []string, v *value) {
			before, hidden := e.sentTo[v]
			if hidden && slices.ContainsFunc(servers, func(s string) bool { return !slices.Contains(before, s) }) {
				err = fmt.Errorf("datasource %s holds values that are not shown, such as passwords in its headers, and would send them to another server: set the real values together with the new address, in these edits or with perses_apply_resource", clip(m.key))
			}
		})
	}
	return err
}
