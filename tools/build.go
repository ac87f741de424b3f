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
	"github.com/perses/mcp-server/pkg/query"
)

var (
	dashboardSketch = Param{Name: "sketch", Type: Object}
	preview         = Param{Name: "preview", Type: Flag, Doc: "save for 1 hour only, beside the dashboards"}
)

func buildDashboard() Tool {
	return Tool{
		Name: "perses_build_dashboard", Title: "Build a dashboard",
		Description: `Create or replace a dashboard from a sketch; the answer says which panels have data. Example: ` +
			`{"title":"Shop","datasource":"prom","duration":"6h","variables":[{"name":"job","metric":"up","multiple":true,"all":true},{"name":"env","values":["prod","dev"]}],` +
			`"rows":[{"title":"Traffic","panels":[{"title":"Requests","query":"sum by (code) (rate(http_requests_total{job=~'$job'}[$__rate_interval]))","legend":"{{code}}","unit":"requests/sec"},` +
			`{"title":"Errors","chart":"stat","query":"…","unit":"percent-decimal","thresholds":[0.01,0.05]}]}]}. ` +
			"Without datasource: the default. Also: description, tags, refresh, panels (before the rows); of a row collapsed, repeat, each ({chart,unit,legend,…} of those panels that say none). chart: " + strings.Join(sketch.Charts(), ", ") + ", or a panel plugin. " +
			"Panel: queries [{query,legend}], text (markdown), description, datasource, calculation (last-number, mean, max, sum), decimals, thresholds also [{value,color}], stack, min, max, width (of 24), height, repeat (a variable), options (merged over the plugin's spec). " +
			`Variable: title (what people see), default, and one of text, values, metric or matchers (["up{job=~'$job'}"]) with label (of these series; without it that of its name), query (PromQL) with label, plugin with options.`,
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
	env, err := call.env(call.Text(project.Name))
	if err != nil {
		return nil, err
	}
	document, err := s.Expand(call.Work, call.Text(project.Name), call.Text("name"), env)
	if err != nil {
		return nil, fmt.Errorf("sketch: %w", err)
	}
	var answer built
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

// previewTTL is how long a preview is kept.
const previewTTL = "1h"

// savePreview writes the dashboard as one that Perses deletes by itself.
func savePreview(call *Call, document json.RawMessage) (effect, error) {
	if call.Has(version.Name) {
		return effect{}, errors.New("expected_version is for the dashboard, which a preview does not touch: leave one of the two out")
	}
	ephemeral := decodeObject(document)
	ephemeral["kind"] = modelv1.KindEphemeralDashboard
	objectAt(ephemeral, "spec")["ttl"] = previewTTL
	r, prepared, err := ofKind(modelv1.KindEphemeralDashboard).prepare(call, perses.Marshal(ephemeral), call.Text(project.Name))
	if err != nil {
		return effect{}, err
	}
	if call.Flag(dryRun.Name) {
		return effect{}, errors.New("a preview is not a dry run, for it is saved: leave one of the two out")
	}
	existing, err := find(call, "preview", r)
	if err != nil {
		return effect{}, err
	}
	if existing != nil {
		return write(call, r, prepared, existing, "Replace")
	}
	stored, err := call.Create(r, prepared)
	if perses.IsMissing(err) && call.exists(perses.Ref{Kind: modelv1.KindProject, Name: r.Project}) {
		return effect{}, errors.New("this Perses has no previews (ephemeral_dashboard.enable is off), so nothing is saved: use dry_run, or save it without preview")
	}
	if err != nil {
		return effect{}, call.Explain("preview", r, err)
	}
	return wrote("created", call, r, stored), nil
}

// exists tells whether there is a document that the caller may see.
func (c *Call) exists(r perses.Ref) bool {
	_, err := c.Get(r)
	return err == nil
}

// built is what a build has come to: what was written, what is wrong with it, and what its panels show.
type built struct {
	effect
	Findings []lint.Finding `json:"findings,omitempty"`
	Statuses map[string]int `json:"statuses,omitempty"` // how many panels have which
	Panels   []builtPanel   `json:"panels,omitempty"`
	LeftOut  string         `json:"left_out,omitempty"`
	Notes    []string       `json:"notes,omitempty"`
}

type builtPanel struct {
	Key    string       `json:"key"`
	Title  string       `json:"title,omitempty"`
	Status panel.Status `json:"status,omitempty"`
	Why    string       `json:"why,omitempty"` // it has no data, or not all, if no finding says it
}

// check finds what is wrong with the dashboard and runs its panels; that Perses takes it is known by now. What cannot be found
// out does not undo what is done.
func (b *built) check(call *Call, document json.RawMessage, plugins map[string][]string) {
	found, err := call.checkHere(call.Text(project.Name), document, b.Effect != "" && b.Kind == modelv1.KindDashboard, plugins)
	if err != nil {
		b.Notes = []string{"it was not checked: " + err.Error()}
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
		if found.BrokenPanel(p.Key) { // a finding says it, with how it is mended
			why = ""
		}
		b.Panels = append(b.Panels, builtPanel{p.Key, query.Clip(found.Dashboard.Panels[p.Key].Title, 200), p.Status, query.Clip(why, maxNote)})
	}
}

// fewPanels is how many panels are named one by one, even those that are as they should be.
const fewPanels = 40

// fit returns the answer with as much as there is room for, of many panels only those without data. Panels with data go first, then the least of the findings, then
// panels without data.
func (b built) fit(call *Call) json.RawMessage {
	shown := func() json.RawMessage { return perses.Show(perses.Marshal(b)) }
	panels, findings := len(b.Panels), len(b.Findings)
	without := slices.DeleteFunc(slices.Clone(b.Panels), func(p builtPanel) bool { return p.Status == panel.Data && p.Why == "" })
	if panels > fewPanels && len(without) < panels {
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
		b.LeftOut = fmt.Sprintf("%d of %d panels, those with data first, and %d of %d findings: perses_check_dashboard has them", panels-len(b.Panels), panels, findings-len(b.Findings), findings)
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
