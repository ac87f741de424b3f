package perses

import (
	"encoding/json"
	"fmt"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// Kind is the kind of a Perses document, such as Dashboard or GlobalDatasource.
type Kind = modelv1.Kind

// Ref names one document of Perses, or with an empty Name all of its kind.
type Ref struct {
	Kind    Kind
	Project string // empty for the kinds that belong to no project
	Name    string
}

// String names the document as an error does: `Dashboard "cpu" in project "shop"`.
func (r Ref) String() string {
	s := string(r.Kind)
	if r.Name != "" {
		s = fmt.Sprintf("%s %q", r.Kind, r.Name)
	} else if plural, ok := modelv1.PluralKindMap[r.Kind]; ok {
		s = plural
	}
	if r.Project != "" && !modelv1.IsGlobal(r.Kind) {
		s += fmt.Sprintf(" in project %q", r.Project)
	}
	return s
}

// Check refuses a name or a project that must not become part of a request's path (see CheckName).
// An empty Name or Project stands for "all" and is for the caller to refuse where it means nothing.
func (r Ref) Check() error {
	if r.Project != "" {
		if err := CheckName("project", r.Project); err != nil {
			return err
		}
	}
	if r.Name != "" {
		return CheckName("name", r.Name)
	}
	return nil
}

// CheckName refuses a value that cannot be the name of a Perses document; what says where it stood.
//
// It is stricter than Perses, which accepts "." and "..": its client cleans the paths that it builds,
// so that deleting the dashboard ".." of a project deletes the project. No name may reach a request
// without having passed here.
func CheckName(what, name string) error {
	if dashboard.IsName(name) && name != "." && name != ".." {
		return nil
	}
	return fmt.Errorf(`%s %q is not a name: 1 to %d of a-z A-Z 0-9 _ . - and neither "." nor ".." (the title goes into spec.display.name)`,
		what, dashboard.Clip(name, dashboard.MaxName), dashboard.MaxName)
}

// Head is what every document of Perses begins with.
type Head struct {
	Kind     Kind     `json:"kind"`
	Metadata Metadata `json:"metadata"`
}

// Metadata is the part of a document's metadata that a list shows. Perses' own type is not used here
// because it refuses to decode a document whose name it finds invalid, and with it the list it is in.
type Metadata struct {
	Name      string   `json:"name"`
	Project   string   `json:"project"`
	UpdatedAt string   `json:"updatedAt"`
	Version   uint64   `json:"version"`
	Tags      []string `json:"tags"`
}

// HeadOf reads the head of a document and checks the names in it.
func HeadOf(document json.RawMessage) (Head, error) {
	var h Head
	if err := json.Unmarshal(document, &h); err != nil {
		return h, fmt.Errorf("not a Perses document: %w", err)
	}
	if err := CheckName("metadata.name", h.Metadata.Name); err != nil {
		return h, err
	}
	if h.Metadata.Project == "" {
		return h, nil
	}
	return h, CheckName("metadata.project", h.Metadata.Project)
}
