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
)

// edited is the answer of an edit.
type edited struct {
	effect
	Changes  []string       `json:"changes,omitempty"`  // a line for each
	Findings []lint.Finding `json:"findings,omitempty"` // what has been written and does not parse, which Perses takes
	LeftOut  string         `json:"left_out,omitempty"`
	Notes    []string       `json:"notes,omitempty"` // what was not checked
}

func editDashboard() Tool {
	return Tool{
		Name: "perses_edit_dashboard", Title: "Edit a dashboard",
		Description: `Change parts of a dashboard: edits in order, all or none; answers with the changes. No need to get it first: panels go by key or title, rows by title or index from 0. Panels, queries, variables are in the short form of perses_build_dashboard, or in full.
{"op":"add_panel","panel":{"title":"Errors","query":"rate(errors_total[5m])","unit":"requests/sec"},"after":"CPU"} (or row; else at the end)
{"op":"change_panel","panel":"CPU","set":{"unit":"bytes","thresholds":null}} (only what is given; null removes)
{"op":"change_query","panel":"CPU","index":0,"set":{"legend":"{{job}}"}} (index from 0, if there are several)
The other ops with their fields:
replace_panel{panel,with} rename_panel{panel,title?,key?} move_panel{panel,row?,after?,x?,y?,width?,height?} clone_panel{panel,title?,key?,row?,after?,set?} remove_panel{panel}
add_row{title,panels?,after?,collapsed?,repeat?} change_row{row,set} move_row{row,after?} remove_row{row}, with its panels
add_variable{variable:{…}} change_variable{variable,set} rename_variable{variable,to}, wherever it is used; move_variable{variable,after?} remove_variable{variable}
add_query{panel,query:{…}} remove_query{panel,index?} add_threshold{panel,value,color?} remove_threshold{panel,value}
add_link{link:{url,name}} change_link{link,set} remove_link{link}: name or URL
set{title?,description?,duration?,refresh?,timezone?,tags?,add_tags?,remove_tags?,datasource?}: datasource of all that name none
replace_datasource{from,to} everywhere
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

// edit makes edits on the document of a dashboard as Perses has it. What they do not touch is sent back byte for byte.
func (c *Call) edit(r perses.Ref, edits json.RawMessage) (any, error) {
	if pointer := perses.FindMask(edits); pointer != "" {
		return nil, fmt.Errorf("edits%s holds %s, which stands for a secret that was not shown: put the real value there, or leave it as it is", pointer, perses.Mask)
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
	env, err := c.env(r.Project)
	if err != nil {
		return nil, err
	}
	document, changes, err := edit.Apply(c.Work, existing, list, env, edit.Secrets{Show: perses.Show, Hides: perses.Hides})
	if err != nil {
		return nil, err
	}
	if err := sameHead(r, document); err != nil && len(changes) > 0 {
		return nil, err
	}
	if len(changes) == 0 {
		return edited{effect: effectOn("unchanged", c, r, existing)}, nil
	}
	placed, err := write(c, r, document, existing, "Change")
	if err != nil {
		return nil, err
	}
	if placed.Effect == "unchanged" { // such as by tags in another order
		return edited{effect: placed}, nil
	}
	found, unchecked := lint.SyntaxErrors(c.Work, perses.Show(existing), perses.Show(document))
	return edited{effect: placed, Notes: unchecked}.finding(found, c.Limit).with(changes, c.Limit), nil
}

// sameHead refuses what would make another document of the dashboard, and what must not be written.
func sameHead(r perses.Ref, document json.RawMessage) error {
	if pointer := perses.FindMask(document); pointer != "" {
		return fmt.Errorf("%s is not written: %s holds %s, which stands for a secret that was not shown. Put the real value there", r, pointer, perses.Mask)
	}
	head := gjson.ParseBytes(document)
	for key := range dashboard.MembersOf(head) {
		// Perses' decoder takes "Spec" for "spec", in the place of which it would be stored.
		if folded := strings.ToLower(key); folded != key && slices.Contains([]string{"kind", "metadata", "spec"}, folded) {
			return fmt.Errorf("%s is not written: Perses takes %q for %q; write it in lower case", r, key, folded)
		}
	}
	for path, want := range map[string]string{"kind": string(r.Kind), "metadata.name": r.Name, "metadata.project": r.Project} {
		// Some databases of Perses store names in lower case, and find them in any.
		if have := head.Get(path).String(); !strings.EqualFold(have, want) {
			return fmt.Errorf("%s is not written: an edit cannot change its %s; perses_rename_resource gives it another name", r, path)
		}
	}
	return nil
}

// maxFindings is how many findings an edit is answered with: nobody writes many queries at once that do not parse.
const maxFindings = 10

// finding adds what is wrong with what has been written, as much as leaves room for the changes.
func (a edited) finding(all []lint.Finding, limit int) edited {
	for i := range all {
		all[i].What = perses.MaskText(all[i].What)
		if all[i].Edit != nil {
			all[i].Edit = perses.Show(all[i].Edit)
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

// with adds the changes, as many lines as fit.
func (a edited) with(changes []string, limit int) edited {
	for i, line := range changes {
		changes[i] = perses.MaskText(line)
	}
	a.Changes = changes
	for n := len(changes); n > 0 && len(perses.Marshal(a)) > limit; n /= 2 {
		a.Changes = append(changes[:n/2:n/2], fmt.Sprintf("and %d more changes", len(changes)-n/2))
	}
	return a
}
