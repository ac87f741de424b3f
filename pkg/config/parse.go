package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/perses/spec/go/common"
	"github.com/prometheus/common/promslog"

	"github.com/perses/mcp-server/pkg/perses"
)

// allToolsets selects every toolset.
const allToolsets = "all"

const (
	minResultLimit, maxResultLimit = 1_000, 10_000_000
	minTimeout, maxTimeout         = time.Second, 10 * time.Minute
	minCalls, maxCalls             = 1, 100_000
)

// parseBool accepts the words that YAML 1.1 and strconv accept.
func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "t", "yes", "y", "on", "1":
		return true, nil
	case "false", "f", "no", "n", "off", "0":
		return false, nil
	}
	return false, errors.New("want true or false")
}

func parseTransport(text string) (Transport, error) {
	switch strings.ToLower(text) {
	case "stdio":
		return Stdio, nil
	case "streamable-http", "http-streamable", "http":
		return StreamableHTTP, nil
	}
	return "", fmt.Errorf("want %s or %s", Stdio, StreamableHTTP)
}

var errURL = errors.New("want an http or https URL such as https://perses.example, without a query or fragment")

func parseURL(text string) (*common.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, errURL
	case u.User != nil:
		return nil, errors.New("want a URL without a user: use PERSES_TOKEN or perses_server.basic_auth instead")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errURL
	}
	return &common.URL{URL: u}, nil
}

// parseIssuer accepts the URL of an authorization server: https, or http on loopback.
func parseIssuer(text string) (string, error) {
	u, err := parseURL(text)
	if err != nil || u.Scheme != "https" && !isLoopback(net.JoinHostPort(u.Hostname(), "0")) {
		return "", errors.New("want the https URL of an authorization server such as https://login.example/realms/team, without a query or fragment")
	}
	return text, nil
}

func parseToolsets(text string, known []string) ([]string, error) {
	if strings.EqualFold(text, allToolsets) {
		return nil, nil
	}
	return parseList(text, func(name string) (string, error) {
		name = strings.ToLower(name)
		if !slices.Contains(known, name) {
			return "", fmt.Errorf("%q is unknown; want %s, or some of %s", name, allToolsets, strings.Join(known, ", "))
		}
		return name, nil
	})
}

func parseConfirm(text string) (string, error) {
	switch text = strings.ToLower(text); text {
	case "auto", "always", "never":
		return text, nil
	}
	return "", errors.New("want auto, always or never")
}

func parseProjects(text string) ([]string, error) {
	return parseList(text, func(element string) (string, error) {
		if perses.CheckName("", element) != nil {
			return "", errors.New("want names of projects, separated by commas")
		}
		return element, nil
	})
}

func parseTrusted(text string) ([]string, error) {
	return parseList(text, func(element string) (string, error) {
		switch element = strings.ToLower(element); element {
		case "global", "project", "local":
			return element, nil
		}
		return parseOrigin(element)
	})
}

// parseOrigin accepts an origin in lower case.
func parseOrigin(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", errOrigin
	}
	if text != u.Scheme+"://"+u.Host { // it has a user, a path or more
		return "", errOrigin
	}
	return text, nil
}

var errOrigin = errors.New("want global, project, local, or origins such as https://prom.example, separated by commas")

// parseOrigins removes default ports, as browsers do.
func parseOrigins(text string) ([]string, error) {
	return parseList(text, func(element string) (string, error) {
		origin, err := parseOrigin(strings.ToLower(element))
		if err != nil {
			return "", errors.New("want origins such as https://inspector.example, separated by commas")
		}
		if host, isDefault := strings.CutSuffix(origin, ":443"); isDefault && strings.HasPrefix(origin, "https:") {
			return host, nil
		}
		if host, isDefault := strings.CutSuffix(origin, ":80"); isDefault && strings.HasPrefix(origin, "http:") {
			return host, nil
		}
		return origin, nil
	})
}

func parseHosts(text string) ([]string, error) {
	return parseList(text, func(element string) (string, error) {
		element = strings.ToLower(element)
		if err := checkHost(element); err != nil {
			return "", errors.New("want host names or IP addresses without ports, separated by commas")
		}
		return element, nil
	})
}

// parseList splits a text at commas and applies check to each element. It drops empty and duplicate elements.
func parseList(text string, check func(string) (string, error)) ([]string, error) {
	var list []string
	for element := range strings.SplitSeq(text, ",") {
		element = strings.TrimSpace(element)
		if element == "" {
			continue
		}
		element, err := check(element)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, element) {
			list = append(list, element)
		}
	}
	if list == nil {
		return nil, errors.New("want at least one name")
	}
	return list, nil
}

func parseResultLimit(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < minResultLimit || n > maxResultLimit {
		return 0, fmt.Errorf("want a whole number of bytes from %d to %d", minResultLimit, maxResultLimit)
	}
	return n, nil
}

func parseMaxCalls(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < minCalls || n > maxCalls {
		return 0, fmt.Errorf("want a whole number from %d to %d", minCalls, maxCalls)
	}
	return n, nil
}

func parseTimeout(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < minTimeout || d > maxTimeout {
		return 0, errors.New("want a duration from 1s to 10m, such as 30s")
	}
	return d, nil
}

func setLogLevel(c *Config, text string) error {
	c.Log.Level = promslog.NewLevel()
	if c.Log.Level.Set(text) != nil {
		return fmt.Errorf("want one of %s", strings.Join(promslog.LevelFlagOptions, ", "))
	}
	return nil
}

func setLogFormat(c *Config, text string) error {
	c.Log.Format = promslog.NewFormat()
	if c.Log.Format.Set(strings.ToLower(text)) != nil {
		return fmt.Errorf("want one of %s", strings.Join(promslog.FormatFlagOptions, ", "))
	}
	return nil
}

func parseFolder(text string) (string, error) {
	folder, err := filepath.Abs(text)
	if err != nil {
		return "", errors.New("want a folder that exists")
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return "", errors.New("want a folder that exists")
	}
	return folder, nil
}
