package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/panel"
	"github.com/perses/mcp-server/pkg/perses"
)

// The parameters that say which panels are meant, and with what.
var (
	ofDashboard = Param{Name: "dashboard", Type: Name}
	onePanel    = Param{Name: "panel", Doc: "key or title"}
	setting     = Param{Name: "variables", Type: Object, Doc: "name to value or list of values; $__all for all"}
)

func runPanel() Tool {
	return Tool{
		Name: "perses_run_panel", Title: "Run panels",
		Description: "Run a panel of a dashboard, or without panel all of them: the values that a person sees there, or why there are none. " +
			"Variables have their defaults, and the range is the dashboard's own until now.",
		Toolset: queryToolset,
		Params:  []Param{required(project), required(ofDashboard), onePanel, setting, start, end},
		Run: func(call *Call) (any, error) {
			d, result, err := call.run(panel.Options{})
			if err != nil {
				return nil, err
			}
			if call.Has(onePanel.Name) {
				return fitPanels(call, d, result, detailsAlone), nil
			}
			return fitPanels(call, d, result, detailsOfAll), nil
		},
	}
}

// run runs what the arguments name, and tells how far it is. The options are what they do not say.
func (c *Call) run(o panel.Options) (dashboard.Dashboard, panel.Result, error) {
	d, err := c.dashboard()
	if err != nil {
		return d, panel.Result{}, err
	}
	o.Progress = c.Progress
	if c.Has(onePanel.Name) {
		one, err := d.Find(c.Text(onePanel.Name))
		if err != nil {
			return d, panel.Result{}, err
		}
		o.Panel = one.Key
	}
	if o.Variables, err = settingsOf(c.Document(setting.Name)); err != nil {
		return d, panel.Result{}, err
	}
	if o.Start, o.End, err = c.rangeOf(d); err != nil {
		return d, panel.Result{}, err
	}
	result, err := panel.Run(c.Client, d, o)
	return d, result, err
}

// dashboard reads the dashboard that the arguments name.
func (c *Call) dashboard() (dashboard.Dashboard, error) {
	r := perses.Ref{Kind: modelv1.KindDashboard, Project: c.Text(project.Name), Name: c.Text(ofDashboard.Name)}
	document, err := c.Get(r)
	if err != nil {
		return dashboard.Dashboard{}, c.Explain("get", r, err)
	}
	return dashboard.Parse(document)
}

// rangeOf returns the range of time that the arguments name, or the dashboard.
func (c *Call) rangeOf(d dashboard.Dashboard) (begin, until time.Time, err error) {
	now := time.Now()
	if until, err = c.time(end.Name, now, now); err != nil {
		return begin, until, err
	}
	if begin, err = c.time(start.Name, now, until.Add(-d.Duration)); err != nil {
		return begin, until, err
	}
	if !begin.Before(until) {
		return begin, until, fmt.Errorf("start (%s) is not before end (%s)", begin.UTC().Format(time.RFC3339), until.UTC().Format(time.RFC3339))
	}
	return begin, until, nil
}

// settingsOf reads the values of variables: of each a text, a number, true or false, or a list of these.
func settingsOf(document json.RawMessage) (map[string][]string, error) {
	settings := map[string][]string{}
	var err error
	gjson.ParseBytes(document).ForEach(func(name, value gjson.Result) bool {
		values := []gjson.Result{value}
		if value.IsArray() {
			values = value.Array()
		}
		settings[name.String()] = []string{}
		for _, v := range values {
			if v.IsObject() || v.IsArray() || v.Type == gjson.Null {
				err = fmt.Errorf(`variables: %s: want a text such as "a", or a list of texts such as ["a","b"], not %s`, name.String(), clip(string(bytes.TrimSpace([]byte(v.Raw)))))
				return false
			}
			settings[name.String()] = append(settings[name.String()], v.String())
		}
		return true
	})
	return settings, err
}

// pageOfRun returns the address of the page in Perses' UI that shows the same: with the range, the variables that the caller
// has set, and the panel if it is one alone.
func pageOfRun(c *Call, d dashboard.Dashboard, result panel.Result) string {
	page := c.Page(perses.Ref{Kind: modelv1.KindDashboard, Project: d.Project, Name: d.Name})
	query := url.Values{
		"start": {strconv.FormatInt(result.Start.UnixMilli(), 10)},
		"end":   {strconv.FormatInt(result.End.UnixMilli(), 10)},
	}
	settings, _ := settingsOf(c.Document(setting.Name)) // an error it had before
	for name, values := range settings {
		query.Set("var-"+name, strings.Join(values, ","))
	}
	if c.Has(onePanel.Name) && len(result.Panels) == 1 {
		query.Set("viewPanelRef", string(perses.Marshal(map[string]string{"ref": result.Panels[0].Key})))
	}
	return page + "?" + query.Encode()
}
