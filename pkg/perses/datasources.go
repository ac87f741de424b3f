package perses

import (
	"encoding/json"
	"time"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"
)

// keptFor is how long a list of datasources is taken for what there is. A query of a datasource that is found in it costs
// no further request.
const keptFor = 10 * time.Second

// keptMost is how many bytes of such lists are kept, of all projects and callers together.
const keptMost = 8 << 20

// Datasources returns the datasources of a project, or the global ones if project is empty. Unless fresh, they may be ten
// seconds old. Where they are trusted for what they are rather than for where they are, they are always read anew: what
// they were a moment ago is no reason to trust them.
func (c *Client) Datasources(project string, fresh bool) ([]Datasource, error) {
	scope, ref := ScopeGlobal, Ref{Kind: modelv1.KindGlobalDatasource}
	if project != "" {
		scope, ref = ScopeProject, Ref{Kind: modelv1.KindDatasource, Project: project}
	}
	now, key := time.Now(), cacheKey{c.identity, project}
	list, generation, ok := c.kept.get(key, now)
	if ok && !fresh && (!c.identified || c.trust.covers(scope, "")) {
		return list, nil
	}
	documents, err := c.List(ref, "", false)
	if err != nil {
		return nil, err
	}
	var all []Datasource
	size := 0
	for _, d := range documents {
		size += entrySize + len(d)
		parsed := gjson.ParseBytes(d)
		all = append(all, Datasource{Scope: scope, Project: project, Name: parsed.Get("metadata.name").Str, Spec: json.RawMessage(parsed.Get("spec").Raw)})
	}
	c.kept.put(key, generation, now, size, all)
	return all, nil
}
