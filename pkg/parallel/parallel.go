// Package parallel runs functions concurrently. If one of them panics, so does the caller that waits for them; a panic in another
// goroutine would end the process.
package parallel

import (
	"fmt"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Group is an errgroup.Group whose Wait panics if one of its functions has panicked. The zero value is ready to use.
type Group struct {
	group    errgroup.Group
	once     sync.Once
	panicked any
}

// SetLimit sets the maximum number of functions that run concurrently. Go waits when it is reached.
func (g *Group) SetLimit(n int) { g.group.SetLimit(n) }

// Go runs f in a goroutine.
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

// Wait waits for all functions and returns the first error. It panics with the first panic and its stack, if there was one.
func (g *Group) Wait() error {
	err := g.group.Wait()
	if g.panicked != nil {
		panic(g.panicked)
	}
	return err
}

// Do runs functions concurrently and waits for all of them.
func Do(functions ...func()) {
	Each(len(functions), func(i int) { functions[i]() })
}

// Each calls f concurrently with 0 to n-1 and waits for all calls.
func Each(n int, f func(i int)) {
	var g Group
	for i := range n {
		g.Go(func() error { f(i); return nil })
	}
	_ = g.Wait() // f returns no error
}
