package sketch

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// keysOf returns the keys of all panels: as given, or else made of what is shown of their titles.
func keysOf(rows []Row, wheres []string, shown func(string) string) ([][]string, error) {
	taken := map[string]string{} // where it is
	for i, row := range rows {
		for j, p := range row.Panels {
			if p.Key == "" {
				continue
			}
			where := fmt.Sprintf("%spanels[%d]", wheres[i], j)
			if err := dashboard.CheckKey(p.Key); err != nil {
				return nil, fmt.Errorf("%s: key: %w", where, err)
			}
			if other, ok := taken[p.Key]; ok {
				return nil, fmt.Errorf("%s: key: %s has the key %q, too", where, other, p.Key)
			}
			taken[p.Key] = where
		}
	}
	free := KeyMaker(func(key string) bool { _, ok := taken[key]; return ok })
	keys := make([][]string, len(rows))
	for i, row := range rows {
		keys[i] = make([]string, len(row.Panels))
		for j, p := range row.Panels {
			if keys[i][j] = p.Key; p.Key == "" {
				title := p.Title
				if shown != nil {
					title = shown(title)
				}
				keys[i][j] = free(title)
				taken[keys[i][j]] = fmt.Sprintf("%spanels[%d]", wheres[i], j)
			}
		}
	}
	return keys, nil
}

var notForKeys = regexp.MustCompile(`[^a-z0-9]+`)

// maxTitle is how many bytes of a title a key is made of: far more than a key has.
const maxTitle = 1000

// Key returns a key for a panel of a title, one that is not taken: "CPU usage" has cpu-usage, or then cpu-usage-2.
func Key(title string, taken func(key string) bool) string {
	return KeyMaker(taken)(title)
}

// KeyMaker returns Key for many titles. It remembers from which number on a key can be free, for of a thousand panels of one title
// each would count from the first otherwise; what is taken must stay so.
func KeyMaker(taken func(string) bool) func(title string) string {
	next := map[string]int{}
	return func(title string) string {
		base := strings.Trim(notForKeys.ReplaceAllString(strings.ToLower(title[:min(len(title), maxTitle)]), "-"), "-")
		if most := dashboard.MaxName - len("-1000"); len(base) > most {
			base = strings.TrimRight(base[:most], "-")
		}
		base = cmp.Or(base, "panel")
		for n := max(1, next[base]); ; n++ {
			key := base
			if n > 1 {
				key = base + "-" + strconv.Itoa(n)
			}
			if !taken(key) {
				next[base] = n
				return key
			}
		}
	}
}
