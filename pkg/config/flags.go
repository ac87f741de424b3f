package config

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/perses/mcp-server/pkg/nearest"
)

// rawFlag is a flag.Value that only stores its text, which apply checks later.
type rawFlag struct {
	setting setting
	given   map[string]string
}

func (f rawFlag) String() string        { return "" }
func (f rawFlag) IsBoolFlag() bool      { return f.setting.isSwitch() }
func (f rawFlag) Set(text string) error { f.given[f.setting.flag] = text; return nil }

// refuseEmpty refuses a restricting flag with an empty value.
func refuseEmpty(table []setting, given map[string]string) error {
	for _, s := range table {
		if text, ok := given[s.flag]; ok && s.restricts && strings.TrimSpace(text) == "" {
			return fmt.Errorf("--%s: want a value; without the flag, there is no restriction", s.flag)
		}
	}
	return nil
}

// parseFlags returns the unchecked texts on the command line by flag name.
func parseFlags(table []setting, args []string) (map[string]string, error) {
	given := map[string]string{}
	var names []string
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard) // it would print its own help with each error
	for _, s := range table {
		if s.flag != "" {
			names = append(names, "--"+s.flag)
			set.Var(rawFlag{s, given}, s.flag, s.help)
		}
	}
	if err := set.Parse(args); err != nil {
		return nil, explainFlag(err, names)
	}
	if set.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q: want flags only; turn a switch off with =false, as in --read-only=false", set.Arg(0))
	}
	return given, refuseEmpty(table, given)
}

// explainFlag rewrites the errors of package flag, which have no types.
func explainFlag(err error, names []string) error {
	if name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); ok {
		return fmt.Errorf("unknown flag --%s: %s", name, instead("--"+name, names))
	}
	if name, ok := strings.CutPrefix(err.Error(), "flag needs an argument: -"); ok {
		return fmt.Errorf("--%s: want a value", name)
	}
	return err
}

// instead suggests the nearest name, or all names if none is near.
func instead(name string, names []string) string {
	if near := nearest.Names(name, names); len(near) > 0 {
		return "did you mean " + near[0] + "?"
	}
	return "want one of " + strings.Join(names, ", ")
}
