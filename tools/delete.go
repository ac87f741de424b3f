package tools

import (
	"fmt"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"golang.org/x/sync/errgroup"

	"github.com/perses/mcp-server/pkg/perses"
)

// deleteOf deletes a document and answers with what it was.
func (k Kind) deleteOf(call *Call, project, name string) (any, error) {
	r := k.ref(project, name)
	raw, err := call.Get(r)
	if err != nil {
		return nil, call.Explain("delete", r, err)
	}
	if err := unmoved(call, r, raw); err != nil {
		return nil, err
	}
	if err := k.mayDelete(call, r); err != nil {
		return nil, err
	}
	answer := effect{Effect: "deleted", Kind: r.Kind, Project: r.Project, Name: r.Name, Version: *versionOf(raw), Document: perses.Show(raw)}
	if call.Flag("dry_run") {
		answer.DryRun, answer.Checked = true, "client"
	} else if err := k.delete(call.Client, r.Project, r.Name); err != nil {
		return nil, call.Explain("delete", r, err)
	}
	if len(perses.Marshal(answer)) > call.Limit {
		answer.Document, answer.Hint = nil, "the document was too large to repeat here"
	}
	return answer, nil
}

// mayDelete refuses to delete a project with something in it, because Perses deletes that with it.
func (k Kind) mayDelete(call *Call, r perses.Ref) error {
	if r.Kind != modelv1.KindProject {
		if call.Flag("cascade") {
			return fmt.Errorf("cascade means nothing for a %s: only a project has documents in it", r.Kind)
		}
		return nil
	}
	if call.Flag("cascade") {
		return nil
	}
	held, err := contentsOf(call, r.Name)
	if err != nil {
		return call.Explain("delete", r, err)
	}
	if len(held) > 0 {
		return fmt.Errorf("%s is not deleted: it still has %s. With cascade they are deleted with it", r, strings.Join(held, ", "))
	}
	return nil
}

// contentsOf says what a project holds, kind by kind: "2 dashboards", "1 secrets". A kind that this Perses
// does not have holds nothing.
func contentsOf(call *Call, project string) ([]string, error) {
	rows := Kinds()
	counts := make([]int, len(rows))
	var group errgroup.Group
	for i, k := range rows {
		if !k.inProject() {
			continue
		}
		group.Go(func() error {
			documents, err := call.List(k.ref(project, ""), "", true)
			if perses.IsMissing(err) {
				return nil
			}
			counts[i] = len(documents)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var held []string
	for i, n := range counts {
		if n > 0 {
			held = append(held, fmt.Sprintf("%d %s", n, modelv1.PluralKindMap[rows[i].Kind]))
		}
	}
	return held, nil
}
