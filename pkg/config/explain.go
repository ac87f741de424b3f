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

// explain rewrites an error of the resolver as one line that names the file, key or variable at fault, without values that may be
// secrets.
func explain(path string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("--config %q: %w", path, e.Err)
	}
	if e, ok := errors.AsType[*url.Error](err); ok { // its text contains the whole URL, with the password
		return setting{}.refuse(persesURLKey+" in "+path, e.URL, errURL)
	}
	if e, ok := errors.AsType[*strconv.NumError](err); ok { // only variables are parsed with strconv
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
	// The other errors are from Perses' own types, whose texts contain no secrets.
	if path == "" {
		return fmt.Errorf("perses_server: %s", plain(err.Error()))
	}
	return fmt.Errorf("perses_server in %s: %s", path, plain(err.Error()))
}

// explainVariable finds the variable with the value that could not be parsed. The error only has the value.
func explainVariable(e *strconv.NumError) error {
	found := envPrefix + "_PERSES_SERVER_"
	for _, variable := range slices.Sorted(slices.Values(os.Environ())) {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, found) && strings.TrimSpace(value) == e.Num {
			found = name
			break
		}
	}
	if e.Func == "ParseBool" {
		return fmt.Errorf("%s %q: want true or false", found, e.Num)
	}
	return fmt.Errorf("%s %q: want a whole number", found, e.Num)
}

var (
	unknownField = regexp.MustCompile(`field (.+) (not found|already set) in type \S+$`)
	wrongType    = regexp.MustCompile(`(?s)cannot unmarshal (\S+).* into \S+$`)
	// The parser takes a password that begins with * or ! for an alias or a tag, and quotes it in its error.
	quoted = regexp.MustCompile("(?s)anchor '.*'|`.*`")
)

// plain rewrites a message of the YAML parser without names of Go types, and without values, which may be secrets.
func plain(message string) string {
	message = wrongType.ReplaceAllString(message, "a value of the wrong type ($1)")
	message = unknownField.ReplaceAllString(message, `key "$1" $2`)
	message = strings.ReplaceAll(message, `" not found`, `" is unknown`)
	message = quoted.ReplaceAllString(message, "anchor or value")
	return strings.Join(strings.Fields(message), " ")
}
