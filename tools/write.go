package tools

import (
	"encoding/json"
	"fmt"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
)

// effect says what a write has done, or with dry_run would do.
type effect struct {
	Effect   string          `json:"effect,omitempty"`   // created, updated, unchanged, renamed or deleted
	WouldBe  string          `json:"would_be,omitempty"` // the same of a dry run, which has no effect
	Checked  string          `json:"checked,omitempty"`  // a dry run, by whom: perses, or this server alone (client)
	Kind     perses.Kind     `json:"kind"`
	Project  string          `json:"project,omitempty"`
	Name     string          `json:"name"`
	Version  uint64          `json:"version"`
	URL      string          `json:"url,omitempty"`
	Hint     string          `json:"hint,omitempty"`
	Document json.RawMessage `json:"document,omitempty"` // what was deleted, when it fits
}

// draft is a document that is about to be written, after all the checks that need no Perses.
type draft struct {
	kind   Kind
	ref    perses.Ref
	raw    json.RawMessage
	entity any // as the client of api/v1 writes it
	// written is the entity as JSON.
	written json.RawMessage
}

// draftOf checks a document before anything is sent. What it leaves open is filled in: its kind, and the
// project that the call names; another project than that one is refused.
func (k Kind) draftOf(call *Call, raw json.RawMessage, project string) (draft, error) {
	raw, err := complete(raw, k.Kind, project)
	if err != nil {
		return draft{}, err
	}
	head, err := perses.HeadOf(raw)
	if err != nil {
		return draft{}, err
	}
	if k.inProject() && head.Metadata.Project == "" {
		return draft{}, fmt.Errorf("metadata.project is missing: a %s belongs to a project", k.Kind)
	}
	r := k.ref(head.Metadata.Project, head.Metadata.Name)
	if pointer := perses.FindMask(raw); pointer != "" {
		return draft{}, fmt.Errorf("%s is not written: %s holds %s, which stands for a secret that was not shown. Put the real value there, or leave the field out", r, pointer, perses.Mask)
	}
	entity, err := k.decode(raw)
	if err != nil {
		return draft{}, fmt.Errorf("%s is not valid: %w", r, err)
	}
	d := draft{k, r, raw, entity, perses.Marshal(entity)}
	lost, err := lostFields(call.Work, raw, d.written)
	if err != nil {
		return draft{}, fmt.Errorf("%s is not written, for it is not known whether Perses' model of a %s can hold all of it: %w", r, k.Kind, err)
	}
	if len(lost) > 0 {
		return draft{}, fmt.Errorf("%s is not written: Perses' model of a %s cannot hold %s and would drop or change it (names of keys are case-sensitive)", r, k.Kind, someOf(lost, 10))
	}
	return d, nil
}

// createOf creates a document, in the project that the call names if it names one.
func (k Kind) createOf(call *Call, raw json.RawMessage, project string) (any, error) {
	d, err := k.draftOf(call, raw, project)
	if err != nil {
		return nil, err
	}
	return d.create(call)
}

// applyOf creates a document or puts it in the place of the one that has its name.
func (k Kind) applyOf(call *Call, raw json.RawMessage) (any, error) {
	d, err := k.draftOf(call, raw, "")
	if err != nil {
		return nil, err
	}
	return d.apply(call)
}

// create writes a document that must not exist yet.
func (d draft) create(call *Call) (any, error) {
	if call.Flag("dry_run") {
		existing, err := d.existing(call, "create")
		if err != nil {
			return nil, err
		}
		if existing != nil {
			return nil, call.Explain("create", d.ref, &perses.Error{Status: 409})
		}
		return d.check(call, "created", 0)
	}
	stored, err := d.kind.create(call.Client, d.ref.Project, d.entity)
	if err != nil {
		return nil, call.Explain("create", d.ref, err)
	}
	return d.done(call, "created", stored), nil
}

// apply writes a document over the one that exists, or creates it.
func (d draft) apply(call *Call) (any, error) {
	existing, err := d.existing(call, "apply")
	if err != nil {
		return nil, err
	}
	if existing == nil {
		if call.Has("expected_version") {
			return nil, fmt.Errorf("%s is not written: it does not exist, so it has no version %d", d.ref, call.Count("expected_version"))
		}
		return d.create(call)
	}
	return d.replace(call, existing)
}

// replace writes a document over the existing one, if that is the one that the caller expects.
func (d draft) replace(call *Call, existing json.RawMessage) (any, error) {
	if err := unmoved(call, d.ref, existing); err != nil {
		return nil, err
	}
	version := versionOf(existing)
	if same, err := seenSame(call, existing, d.written); err != nil || same {
		return unchanged(call, d.ref, existing), err
	}
	if call.Flag("dry_run") {
		return d.check(call, "updated", version)
	}
	if err := call.confirmOver("update", d.ref, existing, d.written, "Replace"); err != nil {
		return nil, err
	}
	stored, err := d.kind.update(call.Client, d.ref.Project, d.entity)
	if err != nil {
		return nil, call.Explain("update", d.ref, err)
	}
	return d.done(call, "updated", stored), nil
}

// unchanged is the answer of a write that is not made, for nothing would change.
func unchanged(call *Call, r perses.Ref, existing json.RawMessage) effect {
	return effect{Effect: "unchanged", Kind: r.Kind, Project: r.Project, Name: r.Name, Version: versionOf(existing), URL: call.Page(r)}
}

// existing returns the document that has the draft's name, nil if there is none. doing is what it is for.
func (d draft) existing(call *Call, doing string) (json.RawMessage, error) {
	raw, err := call.Get(d.ref)
	if perses.IsMissing(err) {
		return nil, nil
	}
	return raw, call.Explain(doing, d.ref, err)
}

// check is the end of a dry run: Perses' own validation where it has one for the kind.
func (d draft) check(call *Call, would string, version uint64) (any, error) {
	answer := effect{WouldBe: would, Checked: "client", Kind: d.ref.Kind, Project: d.ref.Project, Name: d.ref.Name, Version: version, URL: call.Page(d.ref), Hint: withoutRole(call, d.ref, d.written)}
	if !perses.CanValidate(d.ref.Kind) {
		return answer, nil
	}
	answer.Checked = "perses"
	return answer, call.Explain("validate", d.ref, call.CheckDocument(d.ref.Kind, d.written))
}

// done is the answer of a write. The name is the stored one: some databases of Perses store lower case.
func (d draft) done(call *Call, what string, stored json.RawMessage) effect {
	r, version := d.ref, uint64(0)
	if head, err := perses.HeadOf(stored); err == nil {
		r, version = d.kind.ref(head.Metadata.Project, head.Metadata.Name), head.Metadata.Version
	}
	return effect{Effect: what, Kind: r.Kind, Project: r.Project, Name: r.Name, Version: version, URL: call.Page(r), Hint: withoutRole(call, r, stored)}
}

// roles are the kinds of roles, by those of the bindings that grant them.
var roles = map[perses.Kind]perses.Kind{modelv1.KindRoleBinding: modelv1.KindRole, modelv1.KindGlobalRoleBinding: modelv1.KindGlobalRole}

// withoutRole says of a binding that its role does not exist, over which Perses says nothing; "" if there is nothing to say.
func withoutRole(call *Call, r perses.Ref, document json.RawMessage) string {
	kind, ok := roles[r.Kind]
	name := gjson.GetBytes(document, "spec.role").String()
	if !ok || perses.CheckName("spec.role", name) != nil {
		return ""
	}
	role := perses.Ref{Kind: kind, Project: r.Project, Name: name}
	if _, err := call.Get(role); perses.IsMissing(err) {
		return "it grants nothing: " + call.Explain("find", role, err).Error()
	}
	return ""
}

// unmoved refuses a write over a document that has another version than the caller expects. Perses checks no
// version itself, so a write of somebody else between this look and ours is still lost.
func unmoved(call *Call, r perses.Ref, existing json.RawMessage) error {
	if !call.Has("expected_version") {
		return nil
	}
	if have, want := versionOf(existing), call.Count("expected_version"); have != want {
		return fmt.Errorf("%s has moved on: it has version %d, not %d. Get it again and repeat your change on it", r, have, want)
	}
	return nil
}
