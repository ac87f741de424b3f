package tools

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/edit"
	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
)

// editAnswer is the answer of perses_edit_dashboard.
type editAnswer struct {
	effect
	Changes  []string       `json:"changes,omitempty"`  // a line each
	Findings []lint.Finding `json:"findings,omitempty"` // queries that do not parse, although Perses accepts them
	LeftOut  string         `json:"left_out,omitempty"`
	Notes    []string       `json:"notes,omitempty"` // what could not be checked
}

func editDashboard() Tool {
	return Tool{
		Name: "perses_edit_dashboard", Title: "Edit a dashboard",
		Description: `Change parts of a dashboard: edits in order, all or none. No need to get it first: name panels by key or title, rows by title or index from 0. Write panels, queries, variables as in the sketch of perses_build_dashboard, or in full.
{"op":"add_panel","panel":{"title":"Errors","query":"rate(errors_total[5m])","unit":"requests/sec"},"after":"CPU"} (or row)
{"op":"change_panel","panel":"CPU","set":{"unit":"bytes","thresholds":null}} (other fields stay; null removes)
{"op":"change_query","panel":"CPU","index":0,"set":{"legend":"{{job}}"}} (index only if there are several)
All ops with their fields:
` + edit.Operations() + `
For the rest RFC 6902: {"op":"replace","path":"/spec/…","value":…}`,
		Params: []Param{
			required(project), required(ofDashboard),
			required(Param{Name: "edits", Type: Objects}),
			dryRun, version,
		},
		Effect: Replaces, Toolset: authorToolset,
		Run: func(call *Call) (any, error) {
			r := perses.Ref{Kind: modelv1.KindDashboard, Project: call.Text(project.Name), Name: call.Text(ofDashboard.Name)}
			return call.edit(r, call.Document("edits"))
		},
	}
}

// edit applies edits to the stored document of a dashboard. All that they do not change is sent back byte for byte.
func (c *Call) edit(r perses.Ref, edits json.RawMessage) (any, error) {
	if pointer := mask.Find(edits); pointer != "" {
		return nil, fmt.Errorf("edits%s holds %s, which stands for a secret that was not shown: put the real value there, or leave the field alone", pointer, mask.Secret)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(edits, &list); err != nil {
		return nil, errors.New("edits: want a list of objects")
	}
	existing, err := c.Get(r)
	if err != nil {
		return nil, c.Explain("edit", r, err)
	}
	if err := checkVersion(c, r, existing); err != nil {
		return nil, err
	}
	env, err := c.sketchEnv(r.Project)
	if err != nil {
		return nil, err
	}
	document, changes, err := edit.Apply(c.Work, existing, list, env, edit.Secrets{Show: mask.Document, Hides: mask.Hides})
	if err != nil {
		return nil, err
	}
	if err := checkHead(r, document); err != nil && len(changes) > 0 {
		return nil, err
	}
	if len(changes) == 0 {
		return editAnswer{effect: newEffect("unchanged", c, r, existing)}, nil
	}
	done, err := write(c, r, document, existing, "Change")
	if err != nil {
		return nil, err
	}
	if done.Effect == "unchanged" { // the edits only reordered tags, say
		return editAnswer{effect: done}, nil
	}
	found, unchecked := lint.SyntaxErrors(c.Work, mask.Document(existing), mask.Document(document))
	return editAnswer{effect: done, Notes: unchecked}.withFindings(found, c.Limit).withChanges(changes, c.Limit), nil
}

// checkHead refuses a document that is not the dashboard r any more, or that holds a mask.
func checkHead(r perses.Ref, document json.RawMessage) error {
	if pointer := mask.Find(document); pointer != "" {
		return fmt.Errorf("%s is not written: %s holds %s, which stands for a secret that was not shown. Put the real value there", r, pointer, mask.Secret)
	}
	head := gjson.ParseBytes(document)
	for key := range dashboard.MembersOf(head) {
		// Perses' decoder accepts "Spec" and would store it as the spec.
		if folded := strings.ToLower(key); folded != key && slices.Contains([]string{"kind", "metadata", "spec"}, folded) {
			return fmt.Errorf("%s is not written: Perses reads %q as %q; write it in lower case", r, key, folded)
		}
	}
	for path, want := range map[string]string{"kind": string(r.Kind), "metadata.name": r.Name, "metadata.project": r.Project} {
		// Some databases of Perses store names in lower case and ignore case in lookups.
		if have := head.Get(path).String(); !strings.EqualFold(have, want) {
			return fmt.Errorf("%s is not written: an edit cannot change its %s; use perses_rename_resource", r, path)
		}
	}
	return nil
}

// maxFindings is the maximum number of findings in the answer to an edit.
const maxFindings = 10

// withFindings adds the findings that fit into half of the limit, which leaves the rest to the changes.
func (a editAnswer) withFindings(all []lint.Finding, limit int) editAnswer {
	for i := range all {
		all[i].What = mask.Text(all[i].What)
		if all[i].Edit != nil {
			all[i].Edit = mask.Document(all[i].Edit)
		}
	}
	a.Findings = all[:min(len(all), maxFindings)]
	for len(a.Findings) > 0 && len(perses.Marshal(a)) > limit/2 {
		a.Findings = a.Findings[:len(a.Findings)/2]
	}
	if left := len(all) - len(a.Findings); left > 0 {
		a.LeftOut = fmt.Sprintf("%d more queries that do not parse", left)
	}
	return a
}

// withChanges adds the changes, as many lines as fit.
func (a editAnswer) withChanges(changes []string, limit int) editAnswer {
	for i, line := range changes {
		changes[i] = mask.Text(line)
	}
	a.Changes = changes
	for n := len(changes); n > 0 && len(perses.Marshal(a)) > limit; n /= 2 {
		a.Changes = append(changes[:n/2:n/2], fmt.Sprintf("and %d more changes", len(changes)-n/2))
	}
	return a
}
