package perses

import (
	"encoding/json"
	"sync"
	"time"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"
)

// keptFor is how long a list of datasources is taken for what there is. A query of a datasource that is found in it costs
// no further request.
const keptFor = 10 * time.Second

// keptMost is how many bytes of such lists are kept, of all projects and callers together.
const keptMost = 8 << 20

// keptFrom is whose eyes something was read with, and of which project it is: what one caller may see is not shown to another.
// What belongs to no project has an empty one.
type keptFrom struct{ identity, project string }

// kept are the lists of datasources that were read lately.
type kept struct {
	mu    sync.Mutex
	lists map[keptFrom]keptList
	size  int // bytes of all
}

type keptList struct {
	at   time.Time
	size int
	all  []Datasource
}

// Datasources returns the datasources of a project, or the global ones if project is empty. Unless fresh, they may be ten
// seconds old. Where they are trusted for what they are rather than for where they are, they are always read anew: what
// they were a moment ago is no reason to trust them.
func (c *Client) Datasources(project string, fresh bool) ([]Datasource, error) {
	scope, ref := ScopeGlobal, Ref{Kind: modelv1.KindGlobalDatasource}
	if project != "" {
		scope, ref = ScopeProject, Ref{Kind: modelv1.KindDatasource, Project: project}
	}
	now, key := time.Now(), keptFrom{c.identity, project}
	if !fresh && (!c.identified || c.trust.covers(scope, "")) {
		c.kept.mu.Lock()
		list, ok := c.kept.lists[key]
		c.kept.mu.Unlock()
		if ok && now.Sub(list.at) < keptFor {
			return list.all, nil
		}
	}
	documents, err := c.List(ref, "", false)
	if err != nil {
		return nil, err
	}
	var all []Datasource
	size := listSize
	for _, d := range documents {
		size += listSize + len(d)
		parsed := gjson.ParseBytes(d)
		all = append(all, Datasource{Scope: scope, Project: project, Name: parsed.Get("metadata.name").Str, Spec: json.RawMessage(parsed.Get("spec").Raw)})
	}
	c.kept.put(key, keptList{now, size, all})
	return all, nil
}

// forget lets go of all lists, for one of them may have been changed.
func (k *kept) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.lists)
	k.size = 0
}

// listSize is about what a list, and each datasource in it, takes beside its document.
const listSize = 256

// put keeps a list unless it does not fit, and lets go of those that are too old.
func (k *kept) put(key keptFrom, list keptList) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for other, l := range k.lists {
		if other == key || list.at.Sub(l.at) >= keptFor {
			k.size -= l.size
			delete(k.lists, other)
		}
	}
	if k.size+list.size > keptMost {
		return
	}
	if k.lists == nil {
		k.lists = map[keptFrom]keptList{}
	}
	k.lists[key] = list
	k.size += list.size
}
