package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

// deleteOf deletes a document and returns it in the answer.
func (k Kind) deleteOf(call *Call, project, name string) (any, error) {
	r := k.ref(project, name)
	raw, err := call.Get(r)
	if err != nil {
		return nil, call.Explain("delete", r, err)
	}
	if err := checkVersion(call, r, raw); err != nil {
		return nil, err
	}
	held, documents, err := contentsOf(call, r)
	if err != nil {
		return nil, call.Explain("count the contents of", r, err)
	}
	answer := effect{Kind: r.Kind, Project: r.Project, Name: r.Name, Version: versionOf(raw), Document: mask.Document(raw)}
	switch cascade := call.Flag("cascade"); {
	case cascade && r.Kind != modelv1.KindProject:
		return nil, fmt.Errorf("cascade is for projects: a %s contains no documents", r.Kind)
	case cascade && held != "":
		answer.Hint = "deleted with it: " + held
	case held != "":
		return nil, fmt.Errorf("%s is not deleted: it still has %s. To delete its contents too, give cascade", r, held)
	}
	if call.Flag("dry_run") {
		answer.WouldBe, answer.Checked = "deleted", "client"
	} else {
		answer.Effect = "deleted"
		if err := call.confirm("delete", r, deleteQuestion(r, answer.Version, held), append(documents, raw)...); err != nil {
			return nil, err
		}
		if err := k.delete(call.Client, r.Project, r.Name); err != nil {
			return nil, call.Explain("delete", r, err)
		}
	}
	if len(perses.Marshal(answer)) > call.Limit {
		answer.Document = nil
		answer.Hint = strings.TrimPrefix(answer.Hint+"; the document is too large for this answer", "; ")
	}
	return answer, nil
}

// deleteQuestion asks whether a document and its contents may be deleted.
func deleteQuestion(r perses.Ref, version uint64, held string) string {
	if held != "" {
		held = " with all its contents: " + held
	}
	return fmt.Sprintf("Delete %s (version %d)%s?", r, version, held)
}

// contentsOf returns the documents that Perses deletes with a project: a summary such as "2 dashboards, 1 secret", and the sorted
// metadata of each document. Kinds that are disabled do not count, nor do ephemeral dashboards, which Perses keeps until they
// expire.
func contentsOf(call *Call, r perses.Ref) (words string, documents []json.RawMessage, err error) {
	if r.Kind != modelv1.KindProject {
		return "", nil, nil
	}
	rows := Kinds()
	found := make([][]json.RawMessage, len(rows))
	var group parallel.Group
	for i, k := range rows {
		if !k.inProject() || k.Kind == modelv1.KindEphemeralDashboard {
			continue
		}
		group.Go(func() error {
			listed, err := call.List(k.ref(r.Name, ""), "", true)
			if problem.IsMissing(err) && perses.CanBeOff(k.Kind) {
				return nil
			}
			found[i] = listed
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return "", nil, err
	}
	var held []string
	for i, listed := range found {
		documents = append(documents, listed...)
		switch n := len(listed); n {
		case 0:
		case 1:
			held = append(held, "1 "+rows[i].words())
		default:
			held = append(held, fmt.Sprintf("%d %s", n, plural(rows[i])))
		}
	}
	slices.SortFunc(documents, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
	return strings.Join(held, ", "), documents, nil
}
