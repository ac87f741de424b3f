package config

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/perses/mcp-server/pkg/nearest"
)

// rawFlag is a flag.Value that keeps its text, to be checked later like that of any other source.
type rawFlag struct {
	setting setting
	given   map[string]string
}

func (f rawFlag) String() string        { return "" }
func (f rawFlag) IsBoolFlag() bool      { return f.setting.isSwitch() }
func (f rawFlag) Set(text string) error { f.given[f.setting.flag] = text; return nil }

// refuseEmpty refuses a flag that would keep nothing out.
func refuseEmpty(table []setting, given map[string]string) error {
	for _, s := range table {
		if text, ok := given[s.flag]; ok && s.narrows && strings.TrimSpace(text) == "" {
			return fmt.Errorf("--%s: want a value; without the flag, nothing is kept out", s.flag)
		}
	}
	return nil
}

// parseFlags gives the texts on the command line by the name of their flag, unchecked.
func parseFlags(table []setting, args []string) (map[string]string, error) {
	given := map[string]string{}
	var names []string
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard) // The set would print each error together with a help of its own.
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
		return nil, fmt.Errorf("unexpected argument %q: want flags only; a switch is turned off like this: --read-only=false", set.Arg(0))
	}
	return given, refuseEmpty(table, given)
}

// explainFlag rewords the errors of package flag, which has no types for them.
func explainFlag(err error, names []string) error {
	if name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); ok {
		return fmt.Errorf("unknown flag --%s: %s", name, instead("--"+name, names))
	}
	if name, ok := strings.CutPrefix(err.Error(), "flag needs an argument: -"); ok {
		return fmt.Errorf("--%s: want a value", name)
	}
	return err
}

// instead proposes the nearest name, or all of them when none is near.
func instead(name string, names []string) string {
	if near := nearest.Names(name, names); len(near) > 0 {
		return "did you mean " + near[0] + "?"
	}
	return "want one of " + strings.Join(names, ", ")
}
