package edit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// A datasource sends its headers, some of them hidden, to the server in its URL. A caller who could change the URL and keep
// the headers would receive them.

// serverKeys are the keys of a datasource that hold the address of its server. They are compared in lower case, because
// encoding/json ignores case.
var serverKeys = []string{"url", "directurl", "host"}

// walkStrings visits the strings of a datasource with the object keys that lead to them.
func (e *editor) walkStrings(keys []string, v *node, visit func(keys []string, v *node)) {
	const stringCost = 200 // units
	if v.isString() && e.budget.Spend(stringCost) {
		visit(keys, v)
	}
	for _, m := range v.members() {
		below := keys
		if m.rawKey != "" {
			below = append(keys[:len(keys):len(keys)], m.key)
		}
		e.walkStrings(below, m.value, visit)
	}
}

// serversOf returns the servers that a datasource queries.
func (e *editor) serversOf(name string, datasource *node) (servers []string) {
	e.walkStrings(datasourceKeys(name), datasource, func(keys []string, v *node) {
		if slices.Contains(serverKeys, strings.ToLower(keys[len(keys)-1])) {
			servers = append(servers, dashboard.OriginOf(v.str()))
		}
	})
	return servers
}

func datasourceKeys(name string) []string { return []string{"spec", "datasources", name} }

func (e *editor) datasources() *node { return e.document.get("spec", "datasources") }

// recordServers records the servers that each hidden value of the datasources is sent to.
func (e *editor) recordServers() {
	if !e.hasSecrets([]string{"spec", "datasources"}, e.datasources()) {
		return
	}
	e.servers = map[*node][]string{}
	for _, m := range e.datasources().members() {
		servers := e.serversOf(m.key, m.value)
		e.walkStrings(datasourceKeys(m.key), m.value, func(keys []string, v *node) {
			if e.hasSecrets(keys, v) {
				e.servers[v] = servers
			}
		})
	}
}

// copyServers records for a copied value the servers of the original.
func (e *editor) copyServers(v, copied *node) {
	if servers, ok := e.servers[v]; ok {
		e.servers[copied] = servers
	}
	if len(e.servers) == 0 {
		return
	}
	for i, m := range v.members() {
		if all := copied.members(); i < len(all) {
			e.copyServers(m.value, all[i].value)
		}
	}
}

// checkServers returns an error if a datasource would send hidden values of the document to another server than before. It
// tracks the values themselves and does not compare their text, so that it confirms no guess.
func (e *editor) checkServers() (err error) {
	if len(e.servers) == 0 {
		return nil
	}
	for _, m := range e.datasources().members() {
		servers := e.serversOf(m.key, m.value)
		e.walkStrings(datasourceKeys(m.key), m.value, func(_ []string, v *node) {
			before, hidden := e.servers[v]
			if hidden && slices.ContainsFunc(servers, func(s string) bool { return !slices.Contains(before, s) }) {
				err = fmt.Errorf("datasource %s contains hidden values, such as passwords in its headers, and would send them to another server: set the real values together with the new address, in the same call or with perses_apply_resource", clip(m.key))
			}
		})
	}
	return err
}
