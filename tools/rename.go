package tools

import (
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
)

// renamed is the answer of perses_rename_resource.
type renamed struct {
	effect
	Was string `json:"was"`
}

// renameResource makes the tool that renames documents of these kinds.
func renameResource(kinds []Kind) Tool {
	name, newName := required(Param{Name: "name", Type: Name}), required(Param{Name: "new_name", Type: Name})
	return Tool{
		Name: "perses_rename_resource", Title: "Rename a document",
		Description: "Rename a document, not its title; refused while others refer to it.",
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
		return nil, fmt.Errorf("%s is not renamed to %q: this Perses makes no difference between upper and lower case in names", old, name)
	case err == nil:
		return nil, fmt.Errorf("%s is not renamed: %s exists already (version %d). Choose another new_name", old, target, versionOf(existing))
	case !perses.IsMissing(err):
		return nil, call.Explain("rename to", target, err)
	}
	users, hint, err := usersOf(call, old)
	if err != nil {
		return nil, fmt.Errorf("%s is not renamed, for what refers to it must be known: %w", old, err)
	}
	if len(users) > 0 {
		change := "change these to the copy"
		if k.Kind == modelv1.KindRole || k.Kind == modelv1.KindGlobalRole { // as Perses refuses to change spec.role
			change = "replace these by new ones for the copy"
		}
		return nil, fmt.Errorf("%s is not renamed: it is referred to by %s. Copy it to the new name with perses_copy_resource, %s, then delete it", old, someOf(users, 20), change)
	}
	if err := call.confirm("rename", old, fmt.Sprintf("Rename %s (version %d) to %q?", old, versionOf(raw), name), raw); err != nil {
		return nil, err
	}
	created, err := write(call, target, moved(raw, target), nil, "")
	if err != nil {
		return nil, err
	}
	answer := renamed{created, old.Name}
	answer.Hint = hint
	if call.Flag("dry_run") {
		answer.WouldBe = "renamed"
		return answer, nil
	}
	if err := k.delete(call.Client, old.Project, old.Name); err != nil {
		return nil, fmt.Errorf("renamed by half: %s now exists with all that %q has, but the old one is still there, too: %w To end it, delete the old one with perses_delete_resource; to undo it, delete the new one", target, old.Name, call.Explain("delete", old, err))
	}
	answer.Effect = "renamed"
	return answer, nil
}

// referring says of a kind where documents stand that refer to one of it by name.
var referring = map[perses.Kind][]perses.Kind{
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

// usersOf returns the documents that refer to one by its name, and a hint of what else may that cannot be seen from here. An
// error is in words. All is read anew, for something is deleted over it: what is kept for searches may be half a minute old.
func usersOf(call *Call, r perses.Ref) (users []string, hint string, err error) {
	wanted := use{r.Kind, r.Name}
	projects := []string{r.Project}
	switch r.Kind {
	case modelv1.KindGlobalDatasource, modelv1.KindGlobalVariable:
		wanted.Kind = perses.Kind(strings.TrimPrefix(string(r.Kind), "Global"))
		scope := perses.Ref{Kind: modelv1.KindProject}
		if projects, err = call.Names(scope, ""); err != nil {
			return nil, "", call.Explain("list", scope, err)
		}
		hint = "what refers to it was looked for in all projects that this login may see"
	case modelv1.KindDashboard:
		hint = "links to its old address will lead nowhere"
	}
	var scopes []perses.Ref
	for _, kind := range referring[r.Kind] {
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
	group.SetLimit(listsAtOnce)
	for i, scope := range scopes {
		group.Go(func() (err error) {
			found[i], err = usersIn(call, scope, wanted, modelv1.IsGlobal(r.Kind))
			return call.Explain("list", scope, err)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, "", err
	}
	return slices.Concat(found...), hint, nil
}

// listsAtOnce is how many lists one call reads at a time.
const listsAtOnce = 4

// usersIn returns those documents of a kind in a project that refer to something. A global thing is out of sight for them
// where the project has one of its own by that name.
func usersIn(call *Call, scope perses.Ref, wanted use, global bool) (users []string, err error) {
	part, done := call.Apart() // however many lists there are, none is too much beside the others
	defer done()
	documents, err := part.List(scope, "", false)
	if perses.IsMissing(err) { // the feature is off, or the project has gone meanwhile
		return nil, nil
	}
	for _, d := range documents {
		used, err := usesOf(call.WorkOn(d), scope.Kind, d)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(used, wanted.is) {
			continue
		}
		if users == nil && global && scope.Project != "" {
			if _, err := part.Get(perses.Ref{Kind: wanted.Kind, Project: scope.Project, Name: wanted.Name}); !perses.IsMissing(err) {
				return nil, err
			}
		}
		users = append(users, perses.Ref{Kind: scope.Kind, Project: scope.Project, Name: gjson.GetBytes(d, "metadata.name").String()}.String())
	}
	slices.Sort(users)
	return users, err
}
