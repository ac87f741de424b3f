package tools

import (
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

// renameAnswer is the answer of perses_rename_resource.
type renameAnswer struct {
	effect
	Was string `json:"was"`
}

func renameResource(kinds []Kind) Tool {
	name, newName := required(Param{Name: "name", Type: Name}), required(Param{Name: "new_name", Type: Name})
	return Tool{
		Name: "perses_rename_resource", Title: "Rename a document",
		Description: "Rename a document (not its title); refused while others refer to it.",
		Params:      []Param{anyKind, project, name, newName, dryRun, {Name: version.Name, Type: Count}},
		Effect:      Deletes, Toolset: authorToolset,
		Run: func(call *Call) (any, error) {
			k, err := movable(kinds, call, project.Name, "renamed")
			if err != nil {
				return nil, err
			}
			return k.renameOf(call, k.ref(call.Text(project.Name), call.Text(name.Name)), call.Text(newName.Name))
		},
	}
}

func (k Kind) renameOf(call *Call, old perses.Ref, name string) (any, error) {
	if old.Name == name {
		return nil, fmt.Errorf("%s has this name already", old)
	}
	raw, err := call.Get(old)
	if err != nil {
		return nil, call.Explain("rename", old, err)
	}
	if err := checkVersion(call, old, raw); err != nil {
		return nil, err
	}
	if err := checkSecrets(old, raw, "renamed"); err != nil {
		return nil, err
	}
	target := k.ref(old.Project, name)
	switch existing, err := call.Get(target); {
	case err == nil && strings.EqualFold(old.Name, name):
		return nil, fmt.Errorf("%s is not renamed to %q: this Perses ignores case in names", old, name)
	case err == nil:
		return nil, fmt.Errorf("%s is not renamed: %s exists already (version %d). Choose another new_name", old, target, versionOf(existing))
	case !problem.IsMissing(err):
		return nil, call.Explain("rename to", target, err)
	}
	referrers, hint, err := referrersOf(call, old)
	if err != nil {
		return nil, fmt.Errorf("%s is not renamed, because the documents that refer to it could not be found: %w", old, err)
	}
	if len(referrers) > 0 {
		change := "make these refer to the copy"
		if k.Kind == modelv1.KindRole || k.Kind == modelv1.KindGlobalRole { // Perses refuses to change spec.role
			change = "replace these with new ones for the copy"
		}
		return nil, fmt.Errorf("%s is not renamed, because these refer to it: %s. Copy it to the new name with perses_copy_resource, %s, then delete it", old, someOf(referrers, 20), change)
	}
	if err := call.confirm("rename", old, fmt.Sprintf("Rename %s (version %d) to %q?", old, versionOf(raw), name), raw); err != nil {
		return nil, err
	}
	created, err := write(call, target, withRef(raw, target), nil, "")
	if err != nil {
		return nil, err
	}
	answer := renameAnswer{created, old.Name}
	answer.Hint = hint
	if call.Flag("dry_run") {
		answer.WouldBe = "renamed"
		return answer, nil
	}
	if err := k.delete(call.Client, old.Project, old.Name); err != nil {
		return nil, fmt.Errorf("half renamed: %s exists now, but %q still exists too: %w To finish, delete the old one with perses_delete_resource; to undo, delete the new one", target, old.Name, call.Explain("delete", old, err))
	}
	answer.Effect = "renamed"
	return answer, nil
}

// referrerKinds maps a kind to the kinds of documents that can refer to it by name.
var referrerKinds = map[perses.Kind][]perses.Kind{
	modelv1.KindDatasource:       {modelv1.KindDashboard, modelv1.KindEphemeralDashboard, modelv1.KindVariable},
	modelv1.KindVariable:         {modelv1.KindDashboard, modelv1.KindEphemeralDashboard, modelv1.KindVariable},
	modelv1.KindGlobalDatasource: {modelv1.KindDashboard, modelv1.KindEphemeralDashboard, modelv1.KindVariable, modelv1.KindGlobalVariable},
	modelv1.KindGlobalVariable:   {modelv1.KindDashboard, modelv1.KindEphemeralDashboard, modelv1.KindVariable, modelv1.KindGlobalVariable},
	modelv1.KindSecret:           {modelv1.KindDashboard, modelv1.KindEphemeralDashboard, modelv1.KindDatasource},
	modelv1.KindGlobalSecret:     {modelv1.KindGlobalDatasource},
	modelv1.KindRole:             {modelv1.KindRoleBinding},
	modelv1.KindGlobalRole:       {modelv1.KindGlobalRoleBinding},
	modelv1.KindDashboard:        {modelv1.KindFolder},
}

// referrersOf returns the documents that refer to a document by name, and a hint about referrers that cannot be found. Its errors
// come from Explain. It does not use the cache of searches, which may be half a minute old, because a rename deletes a document.
func referrersOf(call *Call, r perses.Ref) (referrers []string, hint string, err error) {
	target := reference{r.Kind, r.Name}
	projects := []string{r.Project}
	switch r.Kind {
	case modelv1.KindGlobalDatasource, modelv1.KindGlobalVariable:
		target.Kind = perses.Kind(strings.TrimPrefix(string(r.Kind), "Global"))
		scope := perses.Ref{Kind: modelv1.KindProject}
		if projects, err = call.Names(scope, ""); err != nil {
			return nil, "", call.Explain("list", scope, err)
		}
		hint = "references to it were searched in all projects that the caller may see"
	case modelv1.KindDashboard:
		hint = "links to its old URL no longer work"
	}
	var scopes []perses.Ref
	for _, kind := range referrerKinds[r.Kind] {
		if modelv1.IsGlobal(kind) {
			scopes = append(scopes, perses.Ref{Kind: kind})
			continue
		}
		for _, project := range projects {
			scopes = append(scopes, perses.Ref{Kind: kind, Project: project})
		}
	}
	found := make([][]string, len(scopes))
	var group parallel.Group
	group.SetLimit(maxConcurrentLists)
	for i, scope := range scopes {
		group.Go(func() (err error) {
			found[i], err = referrersIn(call, scope, target, modelv1.IsGlobal(r.Kind))
			return call.Explain("list", scope, err)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, "", err
	}
	return slices.Concat(found...), hint, nil
}

// maxConcurrentLists is the maximum number of lists that a call reads concurrently.
const maxConcurrentLists = 4

// referrersIn returns the documents in a scope that refer to the target. If the target is global, there are none in a project with
// a document of the same name, which hides the target.
func referrersIn(call *Call, scope perses.Ref, target reference, global bool) (referrers []string, err error) {
	part, done := call.Apart() // gives each list its own size limit
	defer done()
	documents, err := part.List(scope, "", false)
	if problem.IsMissing(err) { // the feature is disabled, or the project was deleted meanwhile
		return nil, nil
	}
	for _, d := range documents {
		references, err := referencesOf(call.WorkOn(d), scope.Kind, d)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(references, target.equals) {
			continue
		}
		if referrers == nil && global && scope.Project != "" {
			if _, err := part.Get(perses.Ref{Kind: target.Kind, Project: scope.Project, Name: target.Name}); !problem.IsMissing(err) {
				return nil, err
			}
		}
		referrers = append(referrers, perses.Ref{Kind: scope.Kind, Project: scope.Project, Name: gjson.GetBytes(d, "metadata.name").String()}.String())
	}
	slices.Sort(referrers)
	return referrers, err
}
