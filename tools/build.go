package tools

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/panel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/perses/problem"
	"github.com/perses/mcp-server/pkg/query"
)

var (
	dashboardSketch = Param{Name: "sketch", Type: Object}
	preview         = Param{Name: "preview", Type: Flag, Doc: "save for 1 hour only, apart from the dashboards"}
)

func buildDashboard() Tool {
	return Tool{
		Name: "perses_build_dashboard", Title: "Build a dashboard",
		Description: `Create or replace a dashboard from a sketch; the answer says which panels have data. Example: ` +
			`{"title":"Shop","datasource":"prom","duration":"6h","variables":[{"name":"job","metric":"up","multiple":true,"all":true},{"name":"env","values":["prod","dev"]}],` +
			`"rows":[{"title":"Traffic","panels":[{"title":"Requests","query":"sum by (code) (rate(http_requests_total{job=~'$job'}[$__rate_interval]))","legend":"{{code}}","unit":"requests/sec"},` +
			`{"title":"Errors","chart":"stat","query":"…","unit":"percent-decimal","thresholds":[0.01,0.05]}]}]}. ` +
			"Without datasource: the default. Also: description, tags, refresh, panels (before the rows); in a row: collapsed, repeat, each ({chart,unit,legend,…}: defaults of its panels). chart: " + strings.Join(sketch.Charts(), ", ") + ", or a panel plugin. " +
			"Panel: queries [{query,legend}], text (markdown), description, datasource, calculation (last-number, mean, max, sum), decimals, thresholds also [{value,color}], stack, min, max, width (of 24), height, repeat (a variable), options (merged over the plugin's spec). " +
			`Variable: title (what people see), default, and one of text, values, metric or matchers (["up{job=~'$job'}"]) with label (of these series; default: name), query (PromQL) with label, plugin with options.`,
		Toolset: authorToolset,
		Params:  []Param{required(project), required(Param{Name: "name", Type: Name}), required(dashboardSketch), dryRun, preview, version},
		Effect:  Replaces,
		Run:     build,
	}
}

func build(call *Call) (any, error) {
	s, err := sketch.Parse(call.Work, call.Document(dashboardSketch.Name))
	if err != nil {
		return nil, fmt.Errorf("sketch: %w", err)
	}
	env, err := call.sketchEnv(call.Text(project.Name))
	if err != nil {
		return nil, err
	}
	document, err := s.Expand(call.Work, call.Text(project.Name), call.Text("name"), env)
	if err != nil {
		return nil, fmt.Errorf("sketch: %w", err)
	}
	var answer buildAnswer
	if call.Flag(preview.Name) {
		answer.effect, err = savePreview(call, document)
	} else {
		answer.effect, err = ofKind(modelv1.KindDashboard).applyOf(call, document, call.Text(project.Name))
	}
	if err != nil {
		return nil, err
	}
	answer.check(call, document, env.Plugins)
	return answer.fit(call), nil
}

// previewTTL is the time after which Perses deletes a preview.
const previewTTL = "1h"

// savePreview writes the dashboard as an ephemeral dashboard.
func savePreview(call *Call, document json.RawMessage) (effect, error) {
	if call.Has(version.Name) {
		return effect{}, errors.New("expected_version applies to the dashboard, which a preview does not change: leave one of the two out")
	}
	ephemeral := decodeObject(document)
	ephemeral["kind"] = modelv1.KindEphemeralDashboard
	objectAt(ephemeral, "spec")["ttl"] = previewTTL
	r, prepared, err := ofKind(modelv1.KindEphemeralDashboard).prepare(call, perses.Marshal(ephemeral), call.Text(project.Name))
	if err != nil {
		return effect{}, err
	}
	if call.Flag(dryRun.Name) {
		return effect{}, errors.New("dry_run and preview exclude each other, because a preview is saved: leave one of the two out")
	}
	existing, err := find(call, "preview", r)
	if err != nil {
		return effect{}, err
	}
	if existing != nil {
		return write(call, r, prepared, existing, "Replace")
	}
	stored, err := call.Create(r, prepared)
	if problem.IsMissing(err) && call.exists(perses.Ref{Kind: modelv1.KindProject, Name: r.Project}) {
		return effect{}, errors.New("this Perses has no previews (ephemeral_dashboard.enable is off), so nothing is saved: use dry_run, or save it without preview")
	}
	if err != nil {
		return effect{}, call.Explain("preview", r, err)
	}
	return written("created", call, r, stored), nil
}

// exists reports whether a document exists that the caller may read.
func (c *Call) exists(r perses.Ref) bool {
	_, err := c.Get(r)
	return err == nil
}

// buildAnswer is the answer of perses_build_dashboard: the effect, the findings, and whether the panels have data.
type buildAnswer struct {
	effect
	Findings []lint.Finding `json:"findings,omitempty"`
	Statuses map[string]int `json:"statuses,omitempty"` // the number of panels with each status
	Panels   []builtPanel   `json:"panels,omitempty"`
	LeftOut  string         `json:"left_out,omitempty"`
	Notes    []string       `json:"notes,omitempty"`
}

type builtPanel struct {
	Key    string       `json:"key"`
	Title  string       `json:"title,omitempty"`
	Status panel.Status `json:"status,omitempty"`
	Why    string       `json:"why,omitempty"` // why data is missing, unless a finding says it
}

// check checks the dashboard and runs its panels. Perses has already accepted it, so that an error here is only a note.
func (b *buildAnswer) check(call *Call, document json.RawMessage, plugins map[string][]string) {
	found, err := call.checkHere(call.Text(project.Name), document, b.Effect != "" && b.Kind == modelv1.KindDashboard, plugins)
	if err != nil {
		b.Notes = []string{"not checked: " + err.Error()}
		return
	}
	b.Findings = found.Sorted(call.Work)
	b.Notes = found.allNotes()
	if found.ran == nil {
		return
	}
	b.Statuses = map[string]int{}
	for _, p := range found.best() {
		b.Statuses[string(p.Status)]++
		why := whyOf(p)
		if found.BrokenPanel(p.Key) { // a finding says it, with a fix
			why = ""
		}
		b.Panels = append(b.Panels, builtPanel{p.Key, query.Clip(found.Dashboard.Panels[p.Key].Title, 200), p.Status, query.Clip(why, maxNote)})
	}
}

// maxListedPanels is the maximum number of panels with which an answer also lists the panels that have data.
const maxListedPanels = 40

// fit encodes the answer and shortens it to the limit of the call. It leaves out panels with data first, then the least severe
// findings, then panels without data.
func (b buildAnswer) fit(call *Call) json.RawMessage {
	shown := func() json.RawMessage { return mask.Document(perses.Marshal(b)) }
	panels, findings := len(b.Panels), len(b.Findings)
	without := slices.DeleteFunc(slices.Clone(b.Panels), func(p builtPanel) bool { return p.Status == panel.Data && p.Why == "" })
	if panels > maxListedPanels && len(without) < panels {
		b.Panels, b.LeftOut = without, fmt.Sprintf("%d panels that have data", panels-len(without))
	}
	var answer json.RawMessage
	if sizeOf(b.Findings) <= call.Limit {
		if answer = shown(); len(answer) <= call.Limit {
			return answer
		}
	}
	b.Panels = without
	for sizeOf(b.Findings) > call.Limit {
		b.Findings = b.Findings[:len(b.Findings)/2]
	}
	for {
		b.LeftOut = fmt.Sprintf("%d of %d panels, those with data first, and %d of %d findings: perses_check_dashboard reports them", panels-len(b.Panels), panels, findings-len(b.Findings), findings)
		if answer = shown(); len(answer) <= call.Limit || len(b.Panels)+len(b.Findings) == 0 {
			return answer
		}
		if len(b.Findings) > 0 {
			b.Findings = b.Findings[:len(b.Findings)/2]
		} else {
			b.Panels = b.Panels[:len(b.Panels)/2]
		}
	}
}
