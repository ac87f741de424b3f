package tools

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

// copyAnswer is the answer of perses_copy_resource.
type copyAnswer struct {
	effect
	Missing []reference `json:"missing,omitempty"` // references to documents that the new project does not have
}

// moveTools returns the tools that copy and rename documents. They refuse other kinds than these.
func moveTools(kinds []Kind) []Tool {
	if len(kinds) == 0 {
		return nil
	}
	return []Tool{copyResource(kinds), renameResource(kinds)}
}

func copyResource(kinds []Kind) Tool {
	from, to := Param{Name: "from_project", Type: Name}, Param{Name: "to_project", Type: Name}
	name, toName := required(Param{Name: "name", Type: Name}), Param{Name: "to_name", Type: Name}
	return Tool{
		Name: "perses_copy_resource", Title: "Copy a document",
		Description: "Copy a document to another name, another project or both; `missing`: what it refers to that does not exist there.",
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

// anyKind names a kind. Its values are not listed, because other tools list them and the error for a wrong one names the nearest.
var anyKind = required(Param{Name: "kind", Doc: "e.g. Dashboard"})

// movable returns the kind that a call names if its documents can be copied or renamed. doing is "copied" or "renamed". project
// is the argument that names the project of the document.
func movable(kinds []Kind, call *Call, project, doing string) (Kind, error) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return string(k.Kind) == call.Text(anyKind.Name) })
	if i < 0 {
		var names []string
		for _, k := range kinds {
			names = append(names, string(k.Kind))
		}
		return Kind{}, errors.New(notAccepted(anyKind.Name, call.Text(anyKind.Name), names))
	}
	k := kinds[i]
	switch {
	case k.Kind == modelv1.KindProject && doing == "copied":
		return k, errors.New("a Project cannot be copied: its document holds little more than its title, and its contents would not be copied. Create a project with perses_create_project, then copy the documents that it needs")
	case k.Kind == modelv1.KindProject:
		return k, errors.New("a Project cannot be renamed: all its documents would have to move. Create a project with perses_create_project and copy the documents that it needs; to change the title alone, set spec.display.name with perses_apply_resource")
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
	case problem.IsMissing(err):
		existing = nil
		if err := checkProject(call, "create", target); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, call.Explain("copy over", target, err)
	case strings.EqualFold(source.Project, target.Project) && strings.EqualFold(source.Name, target.Name):
		return nil, fmt.Errorf("%s would be copied onto itself: this Perses ignores case in names", source)
	case !call.Flag("overwrite"):
		return nil, fmt.Errorf("%s exists already (version %d). Choose another to_name, or give overwrite to replace it", target, versionOf(existing))
	}
	if err := checkVersion(call, target, existing); err != nil {
		return nil, err
	}
	var missing []reference
	var hint string
	if source.Project != target.Project {
		references, err := referencesOf(call.Work, k.Kind, raw)
		if err != nil {
			return nil, err
		}
		if missing, hint, err = missingIn(call, references, source.Project, target.Project); err != nil {
			return nil, call.Explain("check the references of", target, err)
		}
	}
	answer, err := write(call, target, withRef(raw, target), existing, "Replace")
	if err != nil {
		return nil, err
	}
	answer.Hint = hint
	return copyAnswer{answer, missing}, nil
}

// missingIn returns the references whose targets exist for the project from but not for the project to, and a hint for the answer.
func missingIn(call *Call, references []reference, from, to string) (missing []reference, hint string, err error) {
	var forbidden []string
	for _, kind := range []perses.Kind{modelv1.KindDatasource, modelv1.KindVariable, modelv1.KindSecret, modelv1.KindRole, modelv1.KindDashboard} {
		ofKind := slices.DeleteFunc(slices.Clone(references), func(r reference) bool { return r.Kind != kind })
		if len(ofKind) == 0 {
			continue
		}
		existing, err := visibleNames(call, kind, to)
		if err == nil && kind == modelv1.KindVariable {
			// A name that is no variable of the old project either may be one of Grafana, a built-in one, or the $1 of an expression.
			var before map[reference]bool
			before, err = visibleNames(call, kind, from)
			ofKind = slices.DeleteFunc(ofKind, func(r reference) bool { return !before[r.folded()] })
		}
		if problem.IsForbidden(err) {
			forbidden = append(forbidden, modelv1.PluralKindMap[kind])
			continue
		}
		if off := problem.IsMissing(err) && perses.CanBeOff(kind); err != nil && !off {
			return nil, "", err
		}
		missing = append(missing, slices.DeleteFunc(ofKind, func(r reference) bool { return existing[r.folded()] })...)
	}
	if len(missing) > 0 {
		hint = fmt.Sprintf("the documents in missing exist neither in project %q nor globally: copy or create them", to)
	}
	if len(forbidden) > 0 {
		hint = strings.TrimPrefix(hint+"; ", "; ") + fmt.Sprintf("missing may be incomplete, because the caller may not list the %s of project %q", strings.Join(forbidden, ", "), to)
	}
	return missing, hint, nil
}

// visibleNames returns a folded reference for each document of the kind that a project can refer to.
func visibleNames(call *Call, kind perses.Kind, project string) (map[reference]bool, error) {
	all := map[reference]bool{}
	for _, scope := range scopesOf(kind, project) {
		names, err := call.Names(scope, "")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			all[reference{kind, name}.folded()] = true
		}
	}
	return all, nil
}
