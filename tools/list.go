package tools

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

// page is the part of a list that fits into an answer.
type page[T any] struct {
	Items []T    `json:"items"`
	Total int    `json:"total"`
	Next  string `json:"next,omitempty"` // the cursor of the next page
	Hint  string `json:"hint,omitempty"` // names what the list leaves out
}

// pageOf sorts items by key and returns those after the cursor that fit into the limit of the call. Keys must be unique: the last
// key of a page is the cursor of the next, so that items which are created or deleted meanwhile do not shift the pages. Items that
// are too large for any page are left out and named in the hint.
func pageOf[T any](call *Call, items []T, key func(T) string, hint string) page[T] {
	slices.SortFunc(items, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	p := page[T]{Items: []T{}, Total: len(items), Hint: hint}
	var oversized []string
	const separators = 2 // bytes: a comma, and one in reserve
	room := call.Limit - len(perses.Marshal(p)) - len(`,"next":""`) - maxCursor
	left := room
	cursor := call.Text("cursor")
	for _, it := range items {
		if key(it) <= cursor {
			continue
		}
		size := len(perses.Marshal(it)) + separators
		switch {
		case size > room-maxOversized:
			oversized = append(oversized, key(it))
		case size > left-maxOversized:
			p.Next = key(p.Items[len(p.Items)-1])
			return p.withOversized(oversized)
		default:
			left -= size
			p.Items = append(p.Items, it)
		}
	}
	return p.withOversized(oversized)
}

const (
	// maxCursor is the length of the longest cursor: a rank, a project and a name.
	maxCursor = len("0/") + 2*75 + 1
	// maxOversized is the space in bytes for the names of items that are left out.
	maxOversized = 250
)

// withOversized adds the items that are too large for any page to the hint.
func (p page[T]) withOversized(oversized []string) page[T] {
	if len(oversized) > 0 {
		p.Hint = strings.TrimPrefix(p.Hint+"; too large for a list, get these by name: "+someOf(oversized, 1), "; ")
	}
	return p
}

// listOf lists the documents of a kind: those of one project, or of all projects if project is "".
func (k Kind) listOf(call *Call, project string) (any, error) {
	items, forbidden, err := k.items(call, project)
	if err != nil {
		return nil, call.Explain("list", k.ref(project, ""), err)
	}
	if k.filter != nil && call.Has(k.filter.param.Name) {
		if items, err = k.filter.apply(items, call.Text(k.filter.param.Name)); err != nil {
			return nil, err
		}
	}
	return pageOf(call, items, func(it item) string {
		if it.Project == "" {
			return it.Name
		}
		return it.Project + "/" + it.Name // names hold no slash
	}, forbiddenHint(k.Kind, forbidden)), nil
}

// forbiddenHint names the projects in which the caller may not read the kind.
func forbiddenHint(kind perses.Kind, projects []string) string {
	if len(projects) == 0 {
		return ""
	}
	return fmt.Sprintf("left out, because the caller may not read %s there: %s", modelv1.PluralKindMap[kind], someOf(projects, 3))
}

// maxConcurrentProjects is the maximum number of projects that a call lists concurrently.
const maxConcurrentProjects = 8

// items lists one project, or all projects one by one: with authorization enabled, Perses' own list over all projects can repeat
// one project and omit another. It leaves out the projects in which the caller may not read the kind and returns their names.
func (k Kind) items(call *Call, project string) (items []item, forbidden []string, err error) {
	if project != "" || !k.inProject() {
		items, err = k.itemsOf(call, project)
		for i := range items {
			items[i].Project = ""
		}
		return items, nil, err
	}
	projects, err := call.Names(perses.Ref{Kind: modelv1.KindProject}, "")
	if err != nil {
		return nil, nil, err
	}
	lists := make([][]item, len(projects))
	isForbidden := make([]bool, len(projects))
	var group parallel.Group
	group.SetLimit(maxConcurrentProjects)
	for i, name := range projects {
		group.Go(func() error {
			list, err := k.itemsOf(call, name)
			if isForbidden[i] = problem.IsForbidden(err); isForbidden[i] {
				return nil
			}
			lists[i] = list
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	for i, name := range projects {
		if isForbidden[i] {
			forbidden = append(forbidden, name)
		}
	}
	return slices.Concat(lists...), forbidden, nil
}

func (k Kind) itemsOf(call *Call, project string) ([]item, error) {
	documents, err := call.List(k.ref(project, ""), call.Text("prefix"), k.detail == nil)
	items := make([]item, 0, len(documents))
	for _, d := range documents {
		if it, ok := k.itemOf(call.Server, d); ok {
			items = append(items, it)
		}
	}
	return items, err
}
