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

// Of the time that a call has left, variables get one half, and queries what remains but for a tenth: so what waits for
// no variable has its time, too, and there is some left to answer in.
const (
	shareOfVariables = 0.5
	shareOfQueries   = 0.9
	shareOfReasons   = 0.5 // of what is left then
)

// run is one run of panels.
type run struct {
	Options
	started   time.Time
	ctx       context.Context // in which queries are asked
	dashboard dashboard.Dashboard
	client    *perses.Client
	builtins  dashboard.Values
	// references are the variables that each panel needs, by its key.
	references map[string][]string
	variables  *variables
	limiter    *limiter
	found      once[*query.Source]
	answers    once[query.Answer]
	names      once[[]series.Series] // the series of answers with their names, by both
	kept       atomic.Int64          // bytes of all answers
}

// Run runs the panels of a dashboard and returns what each has come to: a failure of one is said there, and it costs the
// others nothing. It ends a little before the call that the client is bound to. An error means that nothing could be run:
// the arguments are wrong, Perses does not answer, or the call is over.
func Run(client *perses.Client, d dashboard.Dashboard, o Options) (Result, error) {
	if o.Width <= 0 {
		o.Width = DefaultWidth
	}
	r := &run{Options: o, started: time.Now(), dashboard: d, client: client, builtins: d.Builtins(o.Start, o.End)}
	var cancel, cancelVariables context.CancelFunc
	r.ctx, cancel = within(client.Context(), shareOfQueries)
	defer cancel()
	r.references = map[string][]string{}
	for key, p := range d.Panels {
		r.references[key] = references(p)
	}
	r.variables = &variables{run: r}
	r.variables.ctx, cancelVariables = within(client.Context(), shareOfVariables)
	defer cancelVariables()
	if err := r.variables.define(client); err != nil {
		return Result{}, err
	}
	r.limiter = newLimiter(datasourcesOf(d, r.variables.defined))
	result := Result{Start: o.Start, End: o.End}
	jobs, err := r.lay(&result)
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
		return Result{}, fmt.Errorf("the call is over before its panels are (%w): run one panel, or a shorter range", err)
	}
	return result, nil
}

// within returns a context that is done after a share of the time that is left to another.
func within(ctx context.Context, share float64) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Duration(share*float64(time.Until(deadline))))
}

// used returns the variables that the panels need, with their values.
func (r *run) used() []Variable {
	var used []Variable
	for _, name := range r.variables.needed(r.named()) {
		used = append(used, Variable{Name: name})
	}
	parallel.Each(len(used), func(i int) { used[i] = r.variables.choose(used[i].Name) })
	r.variables.check(used)
	return used
}

// find returns the datasource that a selector means.
func (r *run) find(s query.Selector) (*query.Source, error) {
	return r.found.do(s.Kind+"/"+s.Name, func() (*query.Source, error) { return query.Find(r.client, s) })
}

// ask asks a datasource something, when it is its turn, and says how long it took to no avail.
func (r *run) ask(ctx context.Context, from *query.Source, question func() error) error {
	release, err := r.limiter.acquire(ctx, from.Name())
	if err == nil {
		err = question()
		release()
	}
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		deadline, _ := ctx.Deadline()
		return &TimeoutError{from.Name(), deadline.Sub(r.started)}
	}
	return err
}
