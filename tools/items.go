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
)

// item is a document as a list shows it.
type item struct {
	Name        string   `json:"name"`
	Project     string   `json:"project,omitempty"` // where the list covers several
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

// detail fills in what tells the documents of a kind apart. A spec that does not decode leaves the item
// without: one odd document must not cost the list it is in.
type detail func(spec json.RawMessage, it *item)

// itemOf makes the item of a document; ok is false when it is none at all.
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
	it.Title = perses.MaskText(it.Title)
	for i, tag := range it.Tags {
		it.Tags[i] = perses.MaskText(tag)
	}
	return it, true
}

// seconds cuts the nanoseconds that Perses gives and no reader needs.
func seconds(timestamp string) string {
	t, err := time.Parse(time.RFC3339Nano, timestamp)
	if err != nil {
		return timestamp
	}
	return t.UTC().Format(time.RFC3339)
}

func titled(spec json.RawMessage, it *item) {
	var s struct {
		Display struct{ Name string } `json:"display"`
	}
	_ = json.Unmarshal(spec, &s)
	it.Title = s.Display.Name
}

func datasource(spec json.RawMessage, it *item) {
	titled(spec, it)
	var s struct {
		Default bool
		Plugin  struct{ Kind string }
	}
	_ = json.Unmarshal(spec, &s)
	it.Type, it.Default = s.Plugin.Kind, s.Default
}

func typedVariable(spec json.RawMessage, it *item) {
	var s struct {
		Kind string
		Spec json.RawMessage
	}
	_ = json.Unmarshal(spec, &s)
	it.Type = s.Kind
	titled(s.Spec, it)
}

// role shows permissions in one line: "read,create on Dashboard,Folder; * on *".
func role(spec json.RawMessage, it *item) {
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

func binding(spec json.RawMessage, it *item) {
	var s modelv1.RoleBindingSpec
	_ = json.Unmarshal(spec, &s)
	it.Role = s.Role
	for _, subject := range s.Subjects {
		it.Subjects = append(it.Subjects, subject.Name)
	}
}

// filter is an argument by which a list can be narrowed.
type filter struct {
	param  Param
	values func(it item) []string // what of an item it is compared with
}

var (
	byTag  = &filter{Param{Name: "tag"}, func(it item) []string { return it.Tags }}
	byType = &filter{Param{Name: "type", Doc: "plugin kind, e.g. PrometheusDatasource"}, func(it item) []string { return []string{it.Type} }}
)

// apply narrows items to those that have the value; where it leaves none of several, it says which values
// there are: an empty answer to a misspelt question reads like "there are none".
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
		return nil, noneOf(f.param.Name, value, known)
	}
	return kept, nil
}

func noneOf(what, value string, known []string) error {
	slices.Sort(known)
	return fmt.Errorf("nothing here has the %s %q; there are: %s", what, value, someOf(slices.Compact(known), 20))
}

// someOf lists names, at most so many of them, and says how many more there are.
func someOf(names []string, most int) string { return dashboard.JoinSome(names, most, ", ") }
