package dashboard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/nearest"
)

// Find returns the panel with a key or title, ignoring case if there is no exact match. If several panels have the title, the
// error lists their keys. If none has, it lists similar ones, and all panels if there are few.
func (d Dashboard) Find(name string) (Panel, error) {
	if p, ok := d.Panels[name]; ok {
		return p, nil
	}
	for _, is := range []func(Panel) bool{
		func(p Panel) bool { return p.Title == name },
		func(p Panel) bool { return strings.EqualFold(p.Key, name) },
		func(p Panel) bool { return strings.EqualFold(p.Title, name) },
	} {
		var keys []string
		for _, key := range d.Keys() {
			if is(d.Panels[key]) {
				keys = append(keys, key)
			}
		}
		switch len(keys) {
		case 0:
		case 1:
			return d.Panels[keys[0]], nil
		default:
			return Panel{}, fmt.Errorf("dashboard %q has %d panels called %q; use one of their keys: %s", d.Name, len(keys), Clip(name, maxShown), JoinSome(keys, maxListed, ", "))
		}
	}
	return Panel{}, d.unknown(name)
}

// maxListed is the maximum number of panel keys in an error.
const maxListed = 50

// unknown returns the error for a panel that does not exist.
func (d Dashboard) unknown(name string) error {
	const few = 12
	keys := d.Keys()
	if len(keys) == 0 {
		return fmt.Errorf("dashboard %q has no panels", d.Name)
	}
	var all, near []string
	for _, key := range keys {
		all = append(all, d.describe(key))
	}
	for _, n := range nearest.Names(name, d.names()) {
		i := slices.IndexFunc(keys, func(key string) bool { return key == n || d.Panels[key].Title == n })
		if shown := d.describe(keys[i]); !slices.Contains(near, shown) {
			near = append(near, shown)
		}
	}
	message := fmt.Sprintf("dashboard %q has no panel with the key or title %q.", d.Name, Clip(name, maxShown))
	if len(near) > 0 {
		message += " Nearest: " + strings.Join(near, ", ") + "."
	}
	if len(all) <= few {
		return fmt.Errorf("%s Its panels: %s", message, strings.Join(all, ", "))
	}
	return fmt.Errorf("%s It has %d panels; perses_summarize_dashboard lists them", message, len(all))
}

// describe returns the key and, if there is one, the title of a panel.
func (d Dashboard) describe(key string) string {
	if title := d.Panels[key].Title; title != key {
		return fmt.Sprintf("%s (%s)", key, Clip(title, 100))
	}
	return key
}

// names returns the keys and titles of all panels.
func (d Dashboard) names() []string {
	var names []string
	for _, key := range d.Keys() {
		names = append(names, key)
		if title := d.Panels[key].Title; title != key {
			names = append(names, title)
		}
	}
	return names
}

// Keys returns the keys of all panels: those on the page in reading order, then the others by name.
func (d Dashboard) Keys() []string {
	var keys []string
	placed := map[string]bool{"": true}
	for _, row := range d.Rows {
		for _, item := range row.InOrder() {
			if !placed[item.Panel] {
				placed[item.Panel] = true
				keys = append(keys, item.Panel)
			}
		}
	}
	onPage := len(keys)
	for key := range d.Panels {
		if !placed[key] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys[onPage:])
	return keys
}
