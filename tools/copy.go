package tools

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
)

// copied is the answer of perses_copy_resource.
type copied struct {
	effect
	Missing []use `json:"missing,omitempty"` // what the copy refers to and its new project lacks
}

// moveTools makes the tools that move documents of these kinds; the kinds that are left out they refuse.
func moveTools(kinds []Kind) []Tool {
	if len(kinds) == 0 {
		return nil
	}
	return []Tool{copyResource(kinds), renameResource(kinds)}
}

// copyResource makes the tool that copies documents of these kinds.
func copyResource(kinds []Kind) Tool {
	from, to := Param{Name: "from_project", Type: Name}, Param{Name: "to_project", Type: Name}
	name, toName := required(Param{Name: "name", Type: Name}), Param{Name: "to_name", Type: Name}
	return Tool{
		Name: "perses_copy_resource", Title: "Copy a document",
		Description: "Copy a document under another name, into another project or both; `missing`: what it refers to that is not there.",
		Params: []Param{
			anyKind, from, name, to, toName,
			{Name: "overwrite", Type: Flag},
			dryRun, {Name: version.Name, Type: Count, Doc: "of the overwritten one"},
		},
		Effect: Replaces, Toolset: authorToolset,
		Run: func(call *Call) (any, error) {
			k, err := movable(kinds, call, from.Name, "copied")
			if err != nil {
				return nil, err
			}
			if !k.inProject() && call.Has(to.Name) {
				return nil, fmt.Errorf("a %s belongs to no project: leave to_project out", k.Kind)
			}
			source := k.ref(call.Text(from.Name), call.Text(name.Name))
			target := source
			if call.Has(to.Name) {
				target.Project = call.Text(to.Name)
			}
			if call.Has(toName.Name) {
				target.Name = call.Text(toName.Name)
			}
			return k.copyOf(call, source, target)
		},
	}
}

// anyKind names a kind. Its values are not listed: tools beside these list them, and a wrong one is answered with the nearest.
var anyKind = required(Param{Name: "kind", Doc: "e.g. Dashboard"})

// movable returns the kind of a call that moves a document, or the reason why such documents are not moved. project is the
// argument that says where the document is.
func movable(kinds []Kind, call *Call, project, doing string) (Kind, error) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return string(k.Kind) == call.Text(anyKind.Name) })
	if i < 0 {
		var names []string
		for _, k := range kinds {
			names = append(names, string(k.Kind))
		}
		return Kind{}, errors.New(notAmong(anyKind.Name, call.Text(anyKind.Name), names))
	}
	k := kinds[i]
	switch {
	case k.Kind == modelv1.KindProject && doing == "copied":
		return k, errors.New("a Project is not copied: its document is little more than its title, and what is in it would not come along. Create the other one with perses_create_project, then copy what it is to hold")
	case k.Kind == modelv1.KindProject:
		return k, errors.New("a Project is not renamed: all that is in it would have to move. Create the other one with perses_create_project and copy what it is to hold; the title alone is spec.display.name, which perses_apply_resource changes")
	case k.inProject() && !call.Has(project):
		return k, fmt.Errorf("missing: %s (a %s belongs to one)", project, k.Kind)
	case !k.inProject() && call.Has(project):
		return k, fmt.Errorf("a %s belongs to no project: leave %s out", k.Kind, project)
	}
	return k, nil
}

func (k Kind) copyOf(call *Call, source, target perses.Ref) (any, error) {
	if source == target {
		return nil, fmt.Errorf("%s would be copied onto itself: give to_name or another to_project", source)
	}
	raw, err := call.Get(source)
	if err != nil {
		return nil, call.Explain("copy", source, err)
	}
	if err := checkSecrets(source, raw, "copied"); err != nil {
		return nil, err
	}
	existing, err := call.Get(target)
	switch {
	case perses.IsMissing(err):
		existing = nil
		if err := checkProject(call, "create", target); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, call.Explain("copy over", target, err)
	case strings.EqualFold(source.Project, target.Project) && strings.EqualFold(source.Name, target.Name):
		return nil, fmt.Errorf("%s would be copied onto itself: this Perses makes no difference between upper and lower case in names", source)
	case !call.Flag("overwrite"):
		return nil, fmt.Errorf("%s exists already (version %d). Choose another to_name, or give overwrite to replace it", target, versionOf(existing))
	}
	if err := checkVersion(call, target, existing); err != nil {
		return nil, err
	}
	var missing []use
	var hint string
	if source.Project != target.Project {
		used, err := usesOf(call.Work, k.Kind, raw)
		if err != nil {
			return nil, err
		}
		if missing, hint, err = lacking(call, used, source.Project, target.Project); err != nil {
			return nil, call.Explain("look for what it refers to for", target, err)
		}
	}
	answer, err := write(call, target, moved(raw, target), existing, "Replace")
	if err != nil {
		return nil, err
	}
	answer.Hint = hint
	return copied{answer, missing}, nil
}

// lacking returns the uses that lead to something in the one project and to nothing in the other, with a hint for whoever
// reads that. Of the dashboard's own there are none among them; what is global is there for both.
func lacking(call *Call, uses []use, from, to string) (missing []use, hint string, err error) {
	var unseen []string
	for _, kind := range []perses.Kind{modelv1.KindDatasource, modelv1.KindVariable, modelv1.KindSecret, modelv1.KindRole, modelv1.KindDashboard} {
		of := slices.DeleteFunc(slices.Clone(uses), func(u use) bool { return u.Kind != kind })
		if len(of) == 0 {
			continue
		}
		there, err := reachable(call, kind, to)
		if err == nil && kind == modelv1.KindVariable {
			// What names no variable here either is none: of Grafana, a built-in one, or the $1 of an expression.
			var here map[use]bool
			here, err = reachable(call, kind, from)
			of = slices.DeleteFunc(of, func(u use) bool { return !here[u.folded()] })
		}
		if perses.IsForbidden(err) {
			unseen = append(unseen, modelv1.PluralKindMap[kind])
			continue
		}
		if off := perses.IsMissing(err) && perses.CanBeOff(kind); err != nil && !off {
			return nil, "", err
		}
		missing = append(missing, slices.DeleteFunc(of, func(u use) bool { return there[u.folded()] })...)
	}
	if len(missing) > 0 {
		hint = fmt.Sprintf("neither project %q nor Perses globally has what missing names: copy or create it, too", to)
	}
	if len(unseen) > 0 {
		hint = strings.TrimPrefix(hint+"; ", "; ") + "this login may not see whether the project has the " + strings.Join(unseen, ", ") + " that the copy refers to"
	}
	return missing, hint, nil
}

// reachable returns what a name of this kind can lead to in a project, folded.
func reachable(call *Call, kind perses.Kind, project string) (map[use]bool, error) {
	all := map[use]bool{}
	for _, scope := range scopesOf(kind, project) {
		names, err := call.Names(scope, "")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			all[use{kind, name}.folded()] = true
		}
	}
	return all, nil
}
