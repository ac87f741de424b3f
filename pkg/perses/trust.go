package perses

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
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
// Perses' proxy hands the caller's own Authorization header on to the datasource unless the datasource's
// secret replaces it. Without this list, whoever may write a datasource could collect the tokens of those
// whose models ask it.
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
	spec, err := proxySpecOf(d)
	if err != nil {
		return "", err
	}
	path, err := d.path()
	if err != nil {
		return "", err
	}
	if !c.identified || c.trust.covers(d.Scope, spec.url) || c.secretReplacesToken(d, spec.secret) {
		return path, nil
	}
	return "", fmt.Errorf("datasource %q (%s, %s) is not asked: Perses would hand it the credentials of this call, and it is not among --trusted-datasources=%s. "+
		"Give it a secret with credentials of its own, define it in the project, or let the operator trust it", d.Name, d.Scope, MaskText(spec.url), strings.Join(c.trust, ","))
}

// What the paths begin with by which Perses hands requests on to datasources.
const (
	globalProxy  = "/proxy/globaldatasources/"
	projectProxy = "/proxy/projects/"
)

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
		return globalProxy + d.Name, nil
	case ScopeProject:
		return projectProxy + d.Project + "/datasources/" + d.Name, nil
	case ScopeLocal:
		return projectProxy + d.Project + "/dashboards/" + d.Dashboard + "/datasources/" + d.Name, nil
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

// secretReplacesToken tells whether the datasource's secret puts credentials of its own in the place of the
// caller's. A secret with TLS settings alone does not; one that the caller may not read counts as none.
func (c *Client) secretReplacesToken(d Datasource, secret string) bool {
	if secret == "" {
		return false
	}
	r := Ref{Kind: modelv1.KindSecret, Project: d.Project, Name: secret}
	if d.Scope == ScopeGlobal {
		r = Ref{Kind: modelv1.KindGlobalSecret, Name: secret}
	}
	document, err := c.Get(r)
	if err != nil {
		return false
	}
	var s struct {
		Spec struct {
			BasicAuth     json.RawMessage `json:"basicAuth"`
			Authorization json.RawMessage `json:"authorization"`
			OAuth         json.RawMessage `json:"oauth"`
		} `json:"spec"`
	}
	return json.Unmarshal(document, &s) == nil && (len(s.Spec.BasicAuth) > 0 || len(s.Spec.Authorization) > 0 || len(s.Spec.OAuth) > 0)
}

type proxySpec struct{ url, secret string }

func proxySpecOf(d Datasource) (proxySpec, error) {
	var s struct {
		Plugin struct {
			Spec struct {
				DirectURL string `json:"directUrl"`
				Proxy     struct {
					Spec struct {
						URL    string `json:"url"`
						Secret string `json:"secret"`
					} `json:"spec"`
				} `json:"proxy"`
			} `json:"spec"`
		} `json:"plugin"`
	}
	if err := json.Unmarshal(d.Spec, &s); err != nil {
		return proxySpec{}, fmt.Errorf("datasource %q: %w", d.Name, err)
	}
	if s.Plugin.Spec.DirectURL != "" {
		return proxySpec{}, fmt.Errorf("datasource %q is asked by the browser itself (directUrl), not through Perses: there is no way to it from here", d.Name)
	}
	return proxySpec{s.Plugin.Spec.Proxy.Spec.URL, s.Plugin.Spec.Proxy.Spec.Secret}, nil
}
