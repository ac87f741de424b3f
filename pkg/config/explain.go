package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// explain puts an error of the resolver into one line which names the file, the key or the variable that is at fault.
func explain(path string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("--config %q: %w", path, e.Err)
	}
	if e, ok := errors.AsType[*url.Error](err); ok { // Its own text has the URL whole, with the password.
		return setting{}.refuse(persesURLKey+" in "+path, e.URL, errURL)
	}
	if e, ok := errors.AsType[*strconv.NumError](err); ok { // Only variables are parsed with strconv.
		return explainVariable(e)
	}
	if e, ok := errors.AsType[*yaml.TypeError](err); ok {
		var lines []string
		for _, line := range e.Errors {
			lines = append(lines, plain(line))
		}
		return fmt.Errorf("%s: %s", path, strings.Join(lines, "; "))
	}
	if message, ok := strings.CutPrefix(err.Error(), "yaml: "); ok {
		return fmt.Errorf("%s: %s", path, plain(message))
	}
	// What is left are the rules of Perses' own types, whose texts have no values of secrets.
	if path == "" {
		return fmt.Errorf("perses_server: %s", plain(err.Error()))
	}
	return fmt.Errorf("perses_server in %s: %s", path, plain(err.Error()))
}

// explainVariable looks for the variable with the value that could not be parsed: the error has only the value.
func explainVariable(e *strconv.NumError) error {
	names := envPrefix + "_PERSES_SERVER_"
	for _, variable := range slices.Sorted(slices.Values(os.Environ())) {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, names) && strings.TrimSpace(value) == e.Num {
			names = name
			break
		}
	}
	if e.Func == "ParseBool" {
		return fmt.Errorf("%s %q: want true or false", names, e.Num)
	}
	return fmt.Errorf("%s %q: want a whole number", names, e.Num)
}

var (
	unknownField = regexp.MustCompile(`field (.+) (not found|already set) in type \S+$`)
	wrongType    = regexp.MustCompile(`(?s)cannot unmarshal (\S+).* into \S+$`)
	// A password that begins with * or ! is an alias or a tag to the parser, which then quotes it.
	quoted = regexp.MustCompile("(?s)anchor '.*'|`.*`")
)

// plain rewords what the YAML parser says of a line: without the names of Go types, and without values, which may be
// secrets.
func plain(message string) string {
	message = wrongType.ReplaceAllString(message, "a value of the wrong type ($1)")
	message = unknownField.ReplaceAllString(message, `key "$1" $2`)
	message = strings.ReplaceAll(message, `" not found`, `" is unknown`)
	message = quoted.ReplaceAllString(message, "anchor or value")
	return strings.Join(strings.Fields(message), " ")
}
