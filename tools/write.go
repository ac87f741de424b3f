package tools

import (
	"encoding/json"
	"fmt"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

// effect is the answer of a tool that writes.
type effect struct {
	Effect   string          `json:"effect,omitempty"`   // created, updated, unchanged, renamed or deleted
	WouldBe  string          `json:"would_be,omitempty"` // the effect that a dry run would have without dry_run
	Checked  string          `json:"checked,omitempty"`  // who checked the document in a dry run: perses, or client (this server)
	Kind     perses.Kind     `json:"kind"`
	Project  string          `json:"project,omitempty"`
	Name     string          `json:"name"`
	Version  uint64          `json:"version"`
	URL      string          `json:"url,omitempty"`
	Hint     string          `json:"hint,omitempty"`
	Document json.RawMessage `json:"document,omitempty"` // the deleted document, if it fits
}

// createOf creates a document, in the given project unless that is "".
func (k Kind) createOf(call *Call, raw json.RawMessage, project string) (effect, error) {
	r, document, err := k.prepare(call, raw, project)
	if err != nil {
		return effect{}, err
	}
	if call.Flag(dryRun.Name) {
		existing, err := find(call, "create", r)
		if err != nil {
			return effect{}, err
		}
		if existing != nil {
			return effect{}, call.Explain("create", r, &problem.Error{Status: 409})
		}
	}
	return write(call, r, document, nil, "")
}

// applyOf creates a document, or replaces the existing document of the same name.
func (k Kind) applyOf(call *Call, raw json.RawMessage, project string) (effect, error) {
	r, document, err := k.prepare(call, raw, project)
	if err != nil {
		return effect{}, err
	}
	existing, err := find(call, "apply", r)
	if err != nil {
		return effect{}, err
	}
	if err := checkVersion(call, r, existing); err != nil {
		return effect{}, err
	}
	return write(call, r, document, existing, "Replace")
}

// find returns a document, or nil if it does not exist. doing is a verb for the error.
func find(call *Call, doing string, r perses.Ref) (json.RawMessage, error) {
	raw, err := call.Get(r)
	if problem.IsMissing(err) {
		return nil, nil
	}
	return raw, call.Explain(doing, r, err)
}

// write stores a document byte for byte: over the existing document, or as a new one if existing is nil. With dry_run Perses
// only validates it. verb begins the question that asks the caller to confirm an overwrite: "Replace" or "Change".
func write(call *Call, r perses.Ref, document, existing json.RawMessage, verb string) (effect, error) {
	doing, send := "create", call.Create
	if existing != nil {
		doing, send = "update", call.Replace
		if same, err := isUnchanged(call, existing, document); err != nil || same {
			return newEffect("unchanged", call, r, existing), err
		}
	}
	if call.Flag(dryRun.Name) {
		answer := newEffect("", call, r, existing)
		answer.WouldBe, answer.Checked, answer.Hint = doing+"d", "client", missingRole(call, r, document)
		if !perses.CanValidate(r.Kind) {
			return answer, nil
		}
		answer.Checked = "perses"
		return answer, call.Explain("validate", r, call.CheckDocument(r.Kind, document))
	}
	if existing != nil {
		if err := call.confirmOverwrite(doing, r, existing, document, verb); err != nil {
			return effect{}, err
		}
	}
	stored, err := send(r, document)
	if err != nil {
		return effect{}, call.Explain(doing, r, err)
	}
	return written(doing+"d", call, r, stored), nil
}

// written returns the answer of a write. It has the stored name: some databases of Perses store names in lower case.
func written(what string, call *Call, r perses.Ref, stored json.RawMessage) effect {
	if head, err := perses.HeadOf(stored); err == nil {
		r.Project, r.Name = head.Metadata.Project, head.Metadata.Name
	}
	answer := newEffect(what, call, r, stored)
	answer.Hint = missingRole(call, r, stored)
	return answer
}

// newEffect returns the answer of a tool that has had this effect on a document.
func newEffect(what string, call *Call, r perses.Ref, document json.RawMessage) effect {
	return effect{Effect: what, Kind: r.Kind, Project: r.Project, Name: r.Name, Version: versionOf(document), URL: call.Page(r)}
}

// roles maps the kinds of bindings to the kinds of roles that they grant.
var roles = map[perses.Kind]perses.Kind{modelv1.KindRoleBinding: modelv1.KindRole, modelv1.KindGlobalRoleBinding: modelv1.KindGlobalRole}

// missingRole returns a hint if the document is a binding of a role that does not exist, which Perses accepts.
func missingRole(call *Call, r perses.Ref, document json.RawMessage) string {
	kind, ok := roles[r.Kind]
	name := gjson.GetBytes(document, "spec.role").String()
	if !ok || perses.CheckName("spec.role", name) != nil {
		return ""
	}
	role := perses.Ref{Kind: kind, Project: r.Project, Name: name}
	if _, err := call.Get(role); problem.IsMissing(err) {
		return "it grants nothing: " + call.Explain("find", role, err).Error()
	}
	return ""
}

// checkVersion refuses to write over a document whose version is not the expected_version of the call. Perses itself does not
// check versions, so a write by somebody else between this check and ours is still lost.
func checkVersion(call *Call, r perses.Ref, existing json.RawMessage) error {
	if !call.Has(version.Name) {
		return nil
	}
	have, want := versionOf(existing), call.Count(version.Name)
	switch {
	case existing == nil:
		return fmt.Errorf("%s is not written: it does not exist, so it has no version %d", r, want)
	case have != want:
		return fmt.Errorf("%s has changed: it has version %d, not %d. Get it again and repeat your change on it", r, have, want)
	}
	return nil
}
