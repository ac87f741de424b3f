package tools

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
)

// item is a document in a list.
type item struct {
	Name        string   `json:"name"`
	Project     string   `json:"project,omitempty"` // if the list covers several projects
	Title       string   `json:"title,omitempty"`
	Type        string   `json:"type,omitempty"`
	Default     bool     `json:"default,omitempty"`
	Permissions string   `json:"permissions,omitempty"`
	Role        string   `json:"role,omitempty"`
	Subjects    []string `json:"subjects,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	Version     uint64   `json:"version"`
	Updated     string   `json:"updated,omitempty"`
	URL         string   `json:"url,omitempty"`
}

// detail adds fields of the spec to an item. It ignores a spec that does not decode, so that one odd document does not fail the
// whole list.
type detail func(spec json.RawMessage, it *item)

// itemOf returns the item of a document. ok is false if the document has no name.
func (k Kind) itemOf(s *perses.Server, document json.RawMessage) (it item, ok bool) {
	var d struct {
		perses.Head
		Spec json.RawMessage `json:"spec"`
	}
	if json.Unmarshal(document, &d) != nil || d.Metadata.Name == "" {
		return it, false
	}
	m := d.Metadata
	it = item{Name: m.Name, Project: m.Project, Tags: m.Tags, Version: m.Version, Updated: seconds(m.UpdatedAt), URL: s.Page(k.ref(m.Project, m.Name))}
	slices.Sort(it.Tags)
	if k.detail != nil {
		k.detail(d.Spec, &it)
	}
	it.Title = mask.Text(it.Title)
	for i, tag := range it.Tags {
		it.Tags[i] = mask.Text(tag)
	}
	return it, true
}

// seconds rounds a timestamp of Perses down to seconds.
func seconds(timestamp string) string {
	t, err := time.Parse(time.RFC3339Nano, timestamp)
	if err != nil {
		return timestamp
	}
	return t.UTC().Format(time.RFC3339)
}

func addTitle(spec json.RawMessage, it *item) {
	var s struct {
		Display struct{ Name string } `json:"display"`
	}
	_ = json.Unmarshal(spec, &s)
	it.Title = s.Display.Name
}

func addDatasource(spec json.RawMessage, it *item) {
	addTitle(spec, it)
	var s struct {
		Default bool
		Plugin  struct{ Kind string }
	}
	_ = json.Unmarshal(spec, &s)
	it.Type, it.Default = s.Plugin.Kind, s.Default
}

func addVariable(spec json.RawMessage, it *item) {
	var s struct {
		Kind string
		Spec json.RawMessage
	}
	_ = json.Unmarshal(spec, &s)
	it.Type = s.Kind
	addTitle(s.Spec, it)
}

// addRole adds the permissions as one line, such as "read,create on Dashboard,Folder; * on *".
func addRole(spec json.RawMessage, it *item) {
	var s struct {
		Permissions []struct{ Actions, Scopes []string }
	}
	_ = json.Unmarshal(spec, &s)
	var lines []string
	for _, p := range s.Permissions {
		lines = append(lines, strings.Join(p.Actions, ",")+" on "+strings.Join(p.Scopes, ","))
	}
	it.Permissions = strings.Join(lines, "; ")
}

func addBinding(spec json.RawMessage, it *item) {
	var s modelv1.RoleBindingSpec
	_ = json.Unmarshal(spec, &s)
	it.Role = s.Role
	for _, subject := range s.Subjects {
		it.Subjects = append(it.Subjects, subject.Name)
	}
}

// filter is an argument that filters a list.
type filter struct {
	param  Param
	values func(it item) []string // the values of an item, one of which must match
}

var (
	byTag  = &filter{Param{Name: "tag"}, func(it item) []string { return it.Tags }}
	byType = &filter{Param{Name: "type", Doc: "plugin kind, e.g. PrometheusDatasource"}, func(it item) []string { return []string{it.Type} }}
)

// apply returns the items that have the value. If there are none, its error lists the existing values: after a typing error, an
// empty list would be misleading.
func (f *filter) apply(items []item, value string) ([]item, error) {
	var kept []item
	var known []string
	for _, it := range items {
		values := f.values(it)
		if slices.Contains(values, value) {
			kept = append(kept, it)
		}
		known = append(known, values...)
	}
	if kept == nil && len(known) > 0 {
		return nil, noItemWith(f.param.Name, value, known)
	}
	return kept, nil
}

func noItemWith(field, value string, known []string) error {
	slices.Sort(known)
	return fmt.Errorf("no item has the %s %q; existing: %s", field, value, someOf(slices.Compact(known), 20))
}

// someOf joins the first names up to the limit, and adds the number of the others.
func someOf(names []string, limit int) string { return dashboard.JoinSome(names, limit, ", ") }
