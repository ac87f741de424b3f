package perses

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/perses/endpoint"
)

// Scope tells where a datasource is defined.
type Scope string

// The scopes of datasources. A local one stands in a dashboard: whoever may write a dashboard may write it.
const (
	ScopeGlobal  Scope = "global"
	ScopeProject Scope = "project"
	ScopeLocal   Scope = "local"
)

// Trust lists the datasources that may be asked with the caller's credentials: scopes, and origins such as
// https://prom.example.
//
// Perses' proxy forwards the caller's own Authorization header to the datasource, unless the datasource has a secret
// with other credentials. Without this list, whoever may write a datasource could collect the tokens of the people
// whose models ask it.
//
// A datasource's secret is no reason to trust it: its owner can remove the credentials from the secret between the
// check and the request. A scope cannot change in between, because it is part of the path of the request. An origin
// can: Perses looks up the address when the request arrives, a moment after Proxy has compared it. Trusting an
// origin therefore trusts everyone who may write a datasource with that address.
type Trust []string

// Datasource is a datasource as the proxy of Perses reaches it.
type Datasource struct {
	Scope     Scope
	Project   string // empty for a global one
	Dashboard string // of a local one
	Name      string
	Spec      json.RawMessage // its spec, as Perses has it
}

// Proxy returns the path, below the address of Perses, under which its proxy passes requests on to the
// datasource, or the reason why it must not be asked: names that are none, a datasource that only a browser
// can reach, or one that would get credentials it is not trusted with.
func (c *Client) Proxy(d Datasource) (string, error) {
	address, err := addressOf(d)
	if err != nil {
		return "", err
	}
	path, err := d.path()
	if err != nil {
		return "", err
	}
	if !c.identified || c.trust.covers(d.Scope, address) {
		return path, nil
	}
	next := "Let the operator of this server trust it"
	if d.Scope == ScopeLocal && slices.Contains(c.trust, string(ScopeProject)) {
		next = "Use a datasource of the project instead, or let the operator of this server trust it"
	}
	return "", fmt.Errorf("datasource %q (%s, %s) is not asked: Perses would send it the credentials of this call, and it is not among --trusted-datasources=%s. %s",
		d.Name, d.Scope, address, strings.Join(c.trust, ","), next)
}

func (d Datasource) path() (string, error) {
	for what, name := range map[string]string{"project": d.Project, "dashboard": d.Dashboard, "datasource": d.Name} {
		if needed := what == "datasource" || d.Scope != ScopeGlobal && what == "project" || d.Scope == ScopeLocal; !needed {
			continue
		}
		if err := CheckName(what, name); err != nil {
			return "", err
		}
	}
	switch d.Scope {
	case ScopeGlobal:
		return endpoint.GlobalProxy + d.Name, nil
	case ScopeProject:
		return endpoint.ProjectProxy + d.Project + "/datasources/" + d.Name, nil
	case ScopeLocal:
		return endpoint.ProjectProxy + d.Project + "/dashboards/" + d.Dashboard + "/datasources/" + d.Name, nil
	}
	return "", fmt.Errorf("datasource %q: unknown scope %q", d.Name, d.Scope)
}

// covers tells whether a datasource of this scope and address is trusted. Unknown addresses are in no origin.
func (t Trust) covers(scope Scope, address string) bool {
	if slices.Contains(t, string(scope)) {
		return true
	}
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && slices.Contains(t, strings.ToLower(u.Scheme+"://"+u.Host))
}

// addressOf returns the address that a datasource has behind the proxy of Perses, "" if it has none.
func addressOf(d Datasource) (string, error) {
	var s struct {
		Plugin struct {
			Spec struct {
				DirectURL string `json:"directUrl"`
				Proxy     struct {
					Spec struct {
						URL string `json:"url"`
					} `json:"spec"`
				} `json:"proxy"`
			} `json:"spec"`
		} `json:"plugin"`
	}
	if err := json.Unmarshal(d.Spec, &s); err != nil {
		return "", fmt.Errorf("datasource %q: %w", d.Name, err)
	}
	if s.Plugin.Spec.DirectURL != "" {
		return "", fmt.Errorf("datasource %q is asked by the browser itself (directUrl), not through Perses: there is no way to it from here", d.Name)
	}
	return s.Plugin.Spec.Proxy.Spec.URL, nil
}
