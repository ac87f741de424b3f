package perses

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"
	"golang.org/x/sync/singleflight"

	"github.com/perses/mcp-server/pkg/dashboard/uses"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/perses/problem"
	"github.com/perses/mcp-server/pkg/work"
)

const (
	// libraryFor is how long what was found in the dashboards of a project is taken for what they are.
	libraryFor = 30 * time.Second
	// libraryMost is how many bytes of it are kept, of all projects and callers together: some ten thousand dashboards.
	libraryMost = 32 << 20
	// factsMost is what may be found in one dashboard. It is far above any that a person can look at.
	factsMost = 1 << 20
	// shelfMost is how many bytes may be found in the dashboards of one project: room for the facts of thousands.
	shelfMost = libraryMost / 2
	// listsAtOnce is how many projects are read at a time, by all calls together.
	listsAtOnce = 4
)

// Library is what the dashboards that a caller may see are made of and what they use.
type Library struct {
	Dashboards []*uses.Dashboard // by project and name; they are shared, and never changed
	Closed     []string          // the projects whose dashboards the caller may not read
	LeftOut    []string          // project/name of those that are too large to be read, or no dashboards
}

// Library reads the dashboards of a project, or of all projects if it is empty. What it found it keeps for at most 30
// seconds, for callers of the same identity alone, and until a dashboard of the project is written through this server.
//
// Perses can neither search nor page, so all documents are read, in one list for each project: to get them one by one takes
// eight times as long. They are taken out of the list as it comes and let go one by one, so however many there are, memory
// is taken by what is found in them and by one document for each of the lists that are read at a time.
func (c *Client) Library(project string) (Library, error) {
	if project != "" {
		return c.shelf(project)
	}
	projects, err := c.projects()
	if err != nil {
		return Library{}, err
	}
	shelves := make([]Library, len(projects))
	var found atomic.Int64 // bytes
	var group parallel.Group
	group.SetLimit(listsAtOnce)
	for i, name := range projects {
		group.Go(func() error {
			shelf, err := c.shelf(name)
			switch {
			case problem.IsForbidden(err):
				shelf.Closed = []string{name}
			case err != nil && !c.gone(name):
				return err
			}
			size := 0
			for _, d := range shelf.Dashboards {
				size += d.Size()
			}
			if found.Add(int64(size)) > libraryMost {
				shelf.Dashboards, shelf.LeftOut = nil, []string{name + "/*"}
			}
			shelves[i] = shelf
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return Library{}, err
	}
	var all Library
	for _, shelf := range shelves {
		all.Dashboards = append(all.Dashboards, shelf.Dashboards...)
		all.Closed = append(all.Closed, shelf.Closed...)
		all.LeftOut = append(all.LeftOut, shelf.LeftOut...)
	}
	return all, nil
}

// projects returns the names of the projects, sorted. They are read anew each time: which ones a caller may see can change.
func (c *Client) projects() ([]string, error) {
	part, done := c.Apart()
	defer done()
	names, err := part.Names(Ref{Kind: modelv1.KindProject}, "")
	slices.Sort(names)
	return names, err
}

// gone tells whether a project is not there any more: it may have been deleted while others were read.
func (c *Client) gone(project string) bool {
	projects, err := c.projects()
	return err == nil && !slices.Contains(projects, project)
}

// shelf returns the library of one project. Calls of the same identity that want it at the same time share one reading,
// which ends with the call that began it: the others then begin again.
func (c *Client) shelf(project string) (Library, error) {
	key := cacheKey{c.identity, project}
	for {
		shelf, generation, ok := c.library.get(key, time.Now())
		if ok {
			return shelf, nil
		}
		read := c.library.flights.DoChan(key.flight(generation), func() (any, error) {
			now := time.Now()
			shelf, size, err := c.readShelf(project)
			if err == nil {
				c.library.put(key, generation, now, size, shelf)
			}
			return shelf, err
		})
		select {
		case result := <-read:
			if ended(result.Err) && c.ctx.Err() == nil {
				continue
			}
			return result.Val.(Library), result.Err
		case <-c.ctx.Done():
			return Library{}, c.ctx.Err()
		}
	}
}

// ended tells whether a reading ended because its call did.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// readShelf reads the dashboards of a project, and returns about how many bytes the facts take.
func (c *Client) readShelf(project string) (shelf Library, size int, err error) {
	select {
	case c.library.turns <- struct{}{}:
		defer func() { <-c.library.turns }()
	case <-c.ctx.Done():
		return shelf, 0, c.ctx.Err()
	}
	visit := func(document []byte, whole bool) {
		if whole && gjson.ValidBytes(document) {
			// Facts are of what is shown, so that no search finds out what is not.
			if d, err := uses.Of(c.WorkOn(document), mask.Document(document)); err == nil && d.Size() <= min(factsMost, shelfMost-size) {
				shelf.Dashboards = append(shelf.Dashboards, d)
				size += d.Size()
				return
			}
		}
		shelf.LeftOut = append(shelf.LeftOut, project+"/"+cmp.Or(gjson.GetBytes(document, "metadata.name").String(), "?"))
	}
	streaming := c.bound
	streaming.read = nil
	err = c.take(streaming, Ref{Kind: modelv1.KindDashboard, Project: project}, nil, func(list io.Reader) error {
		shelf, size = Library{}, 0
		return (&splitter{of: c.bound.read, visit: visit}).read(list)
	})
	slices.SortFunc(shelf.Dashboards, func(a, b *uses.Dashboard) int { return cmp.Compare(a.Name, b.Name) })
	if err != nil {
		return Library{}, 0, err
	}
	return shelf, size, nil
}

// WorkOn returns a budget for one of many documents, in proportion to its size: however many there are, each that people have
// written is read, and one that takes far more work than others of its size is not.
func (c *Client) WorkOn(document []byte) *work.Budget {
	const atLeast, ofByte = 100_000, 25 // units
	return work.New(c.ctx, atLeast+ofByte*int64(len(document)))
}

// flight names a reading. Who comes after something was written does not share one that began before.
func (k cacheKey) flight(generation int) string {
	return strconv.Itoa(generation) + "/" + k.project + "/" + k.identity // a project's name has no slash
}

// library is what is kept of the dashboards that were read lately.
type library struct {
	cache[Library]
	flights singleflight.Group
	turns   chan struct{} // has an element for each list that is being read
}
