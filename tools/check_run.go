package tools

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/panel"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/perses/problem"
	"github.com/perses/mcp-server/pkg/query"
)

// findings are what a check of a dashboard came to.
type findings struct {
	*lint.Report
	panels map[string]int // how many have which status; nil if none was run
	notes  []string       // what could not be checked
	late   bool           // a datasource did not answer in time, so the state of a panel is unknown
}

// allNotes says what was not checked. The findings must have been sorted before.
func (f *findings) allNotes() []string { return slices.Concat(f.Unchecked(), f.notes) }

// check finds what is wrong with a dashboard of a project, whether it is saved or not: by its document alone, by what
// Perses says of it, and by its data. What cannot be found out is in the notes; an error means that nothing could be.
//
// The three go on at the same time, for Perses takes seconds to validate a large dashboard.
func (c *Call) check(project string, document json.RawMessage, saved bool) (*findings, error) {
	var faults []problem.Fault
	var notValidated error
	var f *checking
	var err error
	parallel.Do(
		func() { faults, notValidated = c.ValidateDashboard(document) },
		func() { f, err = c.checkHere(project, document, saved, nil) })
	if err != nil {
		return nil, err
	}
	if notValidated != nil {
		f.notes = append(f.notes, c.Explain("validate", perses.Ref{Kind: modelv1.KindDashboard}, notValidated).Error())
	}
	c.Progress(len(f.ran)+1, len(f.ran)+1, "validated by Perses")
	f.addFaults(c, faults)
	f.addPanels()
	return f.findings, nil
}

// checking is a check under way.
type checking struct {
	*findings
	ran    []*panel.Panel
	notRun error // why none was
}

// checkHere does what needs no validation by Perses. plugins are the names of the plugins, if the call has read them already.
func (c *Call) checkHere(project string, document json.RawMessage, saved bool, plugins map[string][]string) (*checking, error) {
	env, closed, err := c.lintEnv(project, plugins)
	if err != nil {
		return nil, err
	}
	var notes []string
	for _, scope := range closed {
		notes = append(notes, fmt.Sprintf("the %s may not be read by the caller, so whether all that is named exists is not known", scope))
	}
	report, err := c.lint(document, env)
	if err != nil {
		return nil, err
	}
	report.Dashboard.Project = project
	f := &checking{findings: &findings{Report: report, notes: notes}}
	if !saved && len(report.Dashboard.Datasources) > 0 {
		// Perses only asks the datasources of dashboards that it has. One of the same name may be another.
		f.notes = append(f.notes, "panels were not run: the datasources of the dashboard itself can only be asked once it is saved")
		return f, nil
	}
	var told []func() // the data that was asked for, in the order of the datasources
	parallel.Do(func() { f.run(c) }, func() { told = c.facts(f) })
	f.late = slices.ContainsFunc(f.ran, func(p *panel.Panel) bool { return p.Status == panel.Failed && timedOut(p) })
	for _, tell := range told {
		tell()
	}
	if f.notRun != nil {
		f.AddUnchecked("panels were not run: " + f.notRun.Error())
	}
	return f, nil
}

// lint checks a document with its secrets masked, because findings quote texts of the document. The report has the dashboard
// unmasked, since its panels are run.
func (c *Call) lint(document json.RawMessage, env lint.Env) (*lint.Report, error) {
	const passes = 3
	if c.Work.Spend(passes * len(document)); !mask.Hides(document) {
		return lint.Check(c.Work, document, env)
	}
	report, err := lint.Check(c.Work, mask.Document(document), env)
	if err != nil {
		return nil, err
	}
	// No datasource is asked about a query with a mask in it.
	report.Queries = slices.DeleteFunc(report.Queries, func(q *lint.Query) bool { return strings.Contains(q.Text, mask.Secret) })
	unmasked, err := dashboard.Parse(document)
	if unmasked.Panels == nil || err != nil {
		return report, err
	}
	if len(report.Dashboard.Panels) > 0 { // else they have no keys
		report.Dashboard = unmasked
	}
	return report, nil
}

// run runs the panels in the dashboard's own range of time.
func (f *checking) run(c *Call) {
	if len(f.Dashboard.Panels) == 0 {
		return
	}
	now := time.Now()
	result, err := panel.Run(c.Client, f.Dashboard, panel.Options{Start: now.Add(-f.Dashboard.Duration), End: now,
		// Perses' validation is the last thing to end.
		Progress: func(done, total int, title string) { c.Progress(done, total+1, title) }})
	if err != nil {
		f.notRun = err
		return
	}
	f.ran = result.Panels
}

// addFaults adds what Perses finds wrong and nothing here has said already.
func (f *checking) addFaults(c *Call, faults []problem.Fault) {
	for _, fault := range faults {
		if f.Covers(c.Work, fault.String()) {
			continue
		}
		found := lint.Finding{Severity: lint.Error, Where: fault.Where, What: sentenceOf(fault.What), BreaksPanel: true}
		if found.Where == "" {
			found.Where = "dashboard"
		}
		if rest, ok := strings.CutPrefix(fault.Where, "panel "); ok {
			found.Panel, _, _ = strings.Cut(rest, ", queries[")
		}
		f.Add(found)
	}
	if len(faults) > 0 {
		f.notes = append(f.notes, "Perses stops at the first fault of a panel, and of a document that it cannot read: check again after mending")
	}
}

// sentenceOf makes a sentence of a clause.
func sentenceOf(clause string) string {
	if strings.HasSuffix(clause, ".") {
		return clause
	}
	return clause + "."
}

// manySeries is from where on a panel of single values has more than one can take in.
const manySeries = 30

// maxWhy is how many bytes are said of why a panel shows nothing.
const maxWhy = 600

// addPanels adds which panels show nothing, of those of which nothing else says why. What several have in common is said
// once.
func (f *checking) addPanels() {
	if f.ran == nil {
		return
	}
	f.panels = map[string]int{}
	type reason struct {
		severity lint.Severity
		why      string
	}
	of := map[reason][]string{}
	var reasons []reason
	for _, p := range f.best() {
		key := p.Key
		f.panels[string(p.Status)]++
		why := whyOf(p)
		r := reason{lint.Warning, why}
		switch {
		case p.Status == panel.Data:
			f.addMany(p)
			continue
		case f.BrokenPanel(key), f.blamed(p):
			continue
		case p.Status == panel.Failed:
			r.severity = lint.Error
			if timedOut(p) || errors.As(p.Err, new(*panel.UnsupportedError)) { // which is no fault of the dashboard
				r.severity = lint.Info
			}
		default:
			r.why = "It shows nothing: " + why
		}
		if of[r] == nil {
			reasons = append(reasons, r)
		}
		of[r] = append(of[r], key)
	}
	for _, r := range reasons {
		found := lint.Finding{Severity: r.severity, Where: "panel " + of[r][0], What: query.Clip(r.why, maxWhy), Panel: of[r][0]}
		if len(of[r]) > 1 {
			found.Where = "panels " + someOf(of[r], 10)
		}
		f.Add(found)
	}
}

// best returns the panels that were run, of a repeated one that copy which shows most.
func (f *checking) best() []*panel.Panel {
	var best []*panel.Panel
	at := map[string]int{}
	for _, p := range f.ran {
		i, repeated := at[p.Key]
		switch {
		case !repeated:
			at[p.Key] = len(best)
			best = append(best, p)
		case best[i].Status != panel.Data && p.Status == panel.Data:
			best[i] = p
		}
	}
	return best
}

// timedOut reports whether a panel failed because a datasource did not answer in time.
func timedOut(p *panel.Panel) bool { return errors.As(p.Err, new(*panel.TimeoutError)) }

// whyOf returns why a panel has no data. That a variable has no value comes before the reason why the query returns nothing, unless
// its metric does not exist: then that is why the variable has none.
func whyOf(p *panel.Panel) string {
	switch {
	case p.Status != panel.Empty || len(p.Lacks) == 0 || p.Cause == query.NoSuchMetric:
		return p.Why
	case len(p.Lacks) == 1:
		return fmt.Sprintf("Its variable $%s has no value in this time range.", p.Lacks[0])
	}
	return fmt.Sprintf("Its variables $%s have no value in this time range.", strings.Join(p.Lacks, ", $"))
}

// blamed reports whether another finding says that a variable of a panel without data cannot have a value.
func (f *checking) blamed(p *panel.Panel) bool {
	var variable *panel.VariableError
	return errors.As(p.Err, &variable) && f.BrokenVariable(variable.Name) || slices.ContainsFunc(p.Lacks, f.BrokenVariable)
}

// addMany says of a panel of single values that it shows too many of them.
func (f *checking) addMany(p *panel.Panel) {
	count := 0
	for _, q := range p.Queries {
		count += len(q.Series)
	}
	if kind, _ := dashboard.PanelKindOf(p.Kind); kind.Cells && count >= manySeries {
		f.Add(lint.Finding{Severity: lint.Info, Where: "panel " + p.Key, Panel: p.Key,
			What: fmt.Sprintf("It shows %d values side by side: sum by (…) or topk leaves as many as one can read.", count)})
	}
}
