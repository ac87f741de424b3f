package perses

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"github.com/perses/perses/pkg/client/perseshttp"
	"github.com/tidwall/gjson"
)

// About is what Perses says of itself to everybody.
type About struct {
	Version string
	// Config is its configuration without secrets (/api/config), as the UI gets it; nil with the reason in NoConfig.
	Config   json.RawMessage
	NoConfig error
}

// About asks Perses what it is.
func (c *Client) About() (About, error) {
	health, err := c.exchange(nil, func(rest *perseshttp.RESTClient) *perseshttp.Request { return rest.Get().Resource("health") })
	if err != nil {
		return About{}, err
	}
	a := About{Version: gjson.GetBytes(health, "version").String()}
	c.learned(a.Version)
	a.Config, a.NoConfig = c.exchange(nil, func(rest *perseshttp.RESTClient) *perseshttp.Request {
		return rest.Get().APIVersion("").Resource("config")
	})
	return a, nil
}

// Permission is what somebody may do in a project, or in all of them if it is "*".
type Permission struct {
	Project         string
	Actions, Scopes []string // "*" stands for all
}

// WhoAmI returns the name that Perses knows the caller by.
func (c *Client) WhoAmI() (string, error) {
	user, err := c.exchange(nil, func(rest *perseshttp.RESTClient) *perseshttp.Request { return rest.Get().Resource("user/whoami") })
	if err != nil {
		return "", err
	}
	return gjson.GetBytes(user, "metadata.name").String(), nil
}

// Permissions returns what the caller, whose name is that of WhoAmI, may do: by project, and sorted by it.
func (c *Client) Permissions(name string) ([]Permission, error) {
	if name == "" || name == "." || name == ".." {
		return nil, fmt.Errorf("a user of the name %q cannot be asked for", name)
	}
	// Names from other logins than Perses' own have characters that a path must not have; Perses decodes them once more.
	body, err := c.exchange(nil, func(rest *perseshttp.RESTClient) *perseshttp.Request {
		return rest.Get().Resource("users").Name(url.PathEscape(name) + "/permissions")
	})
	if err != nil {
		return nil, err
	}
	var byProject map[string][]struct{ Actions, Scopes []string }
	if err := json.Unmarshal(body, &byProject); err != nil {
		return nil, err
	}
	var all []Permission
	for project, permissions := range byProject {
		for _, p := range permissions {
			all = append(all, Permission{project, p.Actions, p.Scopes})
		}
	}
	slices.SortStableFunc(all, func(a, b Permission) int { return cmp.Compare(a.Project, b.Project) })
	return all, nil
}
