package tools

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
)

// page is the part of a list that fits into an answer.
type page[T any] struct {
	Items []T    `json:"items"`
	Total int    `json:"total"`
	Next  string `json:"next,omitempty"` // the cursor of the next page
	Hint  string `json:"hint,omitempty"` // what the list leaves out
}

// pageOf sorts items by key and returns those after the cursor that fit into the call's limit. The key is the
// cursor, so it must be another for each item; what comes and goes between two pages then moves neither. An
// item that no page can hold is left out, and hint, which may say of other things that are, says so.
func pageOf[T any](call *Call, items []T, key func(T) string, hint string) page[T] {
	slices.SortFunc(items, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	p := page[T]{Items: []T{}, Total: len(items), Hint: hint}
	var oversized []string
	const separators = 2 // bytes: a comma, and what encoding the whole may differ by
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
			return p.leavingOut(oversized)
		default:
			left -= size
			p.Items = append(p.Items, it)
		}
	}
	return p.leavingOut(oversized)
}

const (
	// maxCursor is the length of the longest cursor: a rank, a project and a name in it.
	maxCursor = len("0/") + 2*75 + 1
	// maxOversized is what naming the items that are left out may take.
	maxOversized = 250
)

// leavingOut says which items no page can hold.
func (p page[T]) leavingOut(oversized []string) page[T] {
	if len(oversized) > 0 {
		p.Hint = strings.TrimPrefix(p.Hint+"; too large for a list, get by name: "+someOf(oversized, 1), "; ")
	}
	return p
}

// listOf answers with the documents of a kind, of one project or, for a kind that belongs to projects and
// with no project named, of all of them.
func (k Kind) listOf(call *Call, project string) (any, error) {
	items, closed, err := k.items(call, project)
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
	}, closedHint(k.Kind, closed)), nil
}

// closedHint says in which projects the caller may not read the kind.
func closedHint(kind perses.Kind, closed []string) string {
	if len(closed) == 0 {
		return ""
	}
	return fmt.Sprintf("left out, for lack of the right to read %s there: %s", modelv1.PluralKindMap[kind], someOf(closed, 3))
}

// projectsAtOnce is how many projects are asked for their documents at the same time.
const projectsAtOnce = 8

// items reads the list of one project, or project by project: with its authorization switched on, Perses'
// own list over all projects can repeat one project and drop another. Of several projects, those in which the
// caller may not read the kind are left out and named in closed.
func (k Kind) items(call *Call, project string) (items []item, closed []string, err error) {
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
	forbidden := make([]bool, len(projects))
	var group parallel.Group
	group.SetLimit(projectsAtOnce)
	for i, name := range projects {
		group.Go(func() error {
			list, err := k.itemsOf(call, name)
			if forbidden[i] = perses.IsForbidden(err); forbidden[i] {
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
		if forbidden[i] {
			closed = append(closed, name)
		}
	}
	return slices.Concat(lists...), closed, nil
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
