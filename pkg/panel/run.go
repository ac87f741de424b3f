package panel

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/series"
)

// Each phase may use a part of the time that the call has left, so that a datasource that hangs leaves time for the rest.
const (
	variablesShare = 0.5
	queriesShare   = 0.9
	reasonsShare   = 0.5 // after the queries
)

// run is the state of one run.
type run struct {
	Options
	started   time.Time
	ctx       context.Context // of the queries
	dashboard dashboard.Dashboard
	client    *perses.Client
	builtins  dashboard.Values
	// references has the names of the variables that each panel refers to, by the key of the panel.
	references map[string][]string
	variables  *variables
	limiter    *limiter
	found      once[*query.Source]
	answers    once[query.Answer]
	names      once[[]series.Series] // the named series of answers, by query and name format
	size       atomic.Int64          // of all answers, in bytes
}

// Run runs the panels of a dashboard. If a panel fails, its result says so and the others are not affected. Run ends a little before
// the deadline of the client's call. It returns an error if no panel could be run: because the options are wrong, Perses does not
// respond, or the call has ended.
func Run(client *perses.Client, d dashboard.Dashboard, o Options) (Result, error) {
	if o.Width <= 0 {
		o.Width = DefaultWidth
	}
	r := &run{Options: o, started: time.Now(), dashboard: d, client: client, builtins: d.Builtins(o.Start, o.End)}
	var cancel, cancelVariables context.CancelFunc
	r.ctx, cancel = within(client.Context(), queriesShare)
	defer cancel()
	r.references = map[string][]string{}
	for key, p := range d.Panels {
		r.references[key] = references(p)
	}
	r.variables = &variables{run: r}
	r.variables.ctx, cancelVariables = within(client.Context(), variablesShare)
	defer cancelVariables()
	if err := r.variables.define(client); err != nil {
		return Result{}, err
	}
	r.limiter = newLimiter(countDatasources(d, r.variables.defined))
	result := Result{Start: o.Start, End: o.End}
	jobs, err := r.layOut(&result)
	if err != nil {
		return Result{}, err
	}
	var done atomic.Int64
	parallel.Do(
		func() { result.Variables = r.used() },
		func() {
			parallel.Each(len(jobs), func(i int) {
				r.panel(jobs[i])
				if o.Progress != nil {
					o.Progress(int(done.Add(1)), len(jobs), jobs[i].result.Title)
				}
			})
		})
	r.explain(client.Context(), result.Panels)
	if err := client.Context().Err(); err != nil {
		return Result{}, fmt.Errorf("the call ended before its panels (%w): run one panel, or a shorter time range", err)
	}
	return result, nil
}

// within returns a context with a share of the time that ctx has left.
func within(ctx context.Context, share float64) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Duration(share*float64(time.Until(deadline))))
}

// used returns the variables that the panels use, with their values.
func (r *run) used() []Variable {
	var used []Variable
	for _, name := range r.variables.withDependencies(r.allReferences()) {
		used = append(used, Variable{Name: name})
	}
	parallel.Each(len(used), func(i int) { used[i] = r.variables.choose(used[i].Name) })
	r.variables.check(used)
	return used
}

// find returns the datasource of a selector.
func (r *run) find(s query.Selector) (*query.Source, error) {
	return r.found.do(s.Kind+"/"+s.Name, func() (*query.Source, error) { return query.Find(r.client, s) })
}

// ask sends a request to a datasource as soon as the limiter allows it. If the time of ctx is up, it returns a TimeoutError.
func (r *run) ask(ctx context.Context, from *query.Source, request func() error) error {
	release, err := r.limiter.acquire(ctx, from.Name())
	if err == nil {
		err = request()
		release()
	}
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		deadline, _ := ctx.Deadline()
		return &TimeoutError{from.Name(), deadline.Sub(r.started)}
	}
	return err
}
