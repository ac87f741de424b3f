// Package parallel does things at the same time for one caller, whose panics theirs are. In a goroutine that nobody looks
// after, a panic ends the process, whoever else is served by it.
package parallel

import (
	"fmt"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Group is an errgroup.Group whose Wait panics if one of its functions has. It is ready to be used as it is.
type Group struct {
	group    errgroup.Group
	once     sync.Once
	panicked any
}

// SetLimit is from how many functions on Go waits for one to end.
func (g *Group) SetLimit(n int) { g.group.SetLimit(n) }

// Go runs a function beside the others.
func (g *Group) Go(f func() error) {
	g.group.Go(func() error {
		defer func() {
			if p := recover(); p != nil {
				g.once.Do(func() { g.panicked = fmt.Sprintf("%v\n%s", p, debug.Stack()) })
			}
		}()
		return f()
	})
}

// Wait waits for all functions, and returns the error of the first that has failed. It panics with the first panic of one,
// and the stack of that.
func (g *Group) Wait() error {
	err := g.group.Wait()
	if g.panicked != nil {
		panic(g.panicked)
	}
	return err
}

// Do runs functions, and returns when all have ended.
func Do(functions ...func()) {
	Each(len(functions), func(i int) { functions[i]() })
}

// Each calls a function with each number below n, and returns when all calls have ended.
func Each(n int, f func(i int)) {
	var g Group
	for i := range n {
		g.Go(func() error { f(i); return nil })
	}
	_ = g.Wait() // none fails
}
