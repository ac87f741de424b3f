package config

import (
	"errors"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

var hostName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// setListenAddress accepts "host:port", or ":port" or a port for all interfaces.
func setListenAddress(c *Config, text string) error {
	if !strings.Contains(text, ":") {
		text = ":" + text
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil || host != "" && checkHost(host) != nil || checkPort(port) != nil {
		return errors.New("want host:port, :port or a port, with a whole number from 0 to 65535 as the port")
	}
	c.ListenAddress = net.JoinHostPort(host, port)
	return nil
}

// setHost replaces the host of the listen address.
func setHost(c *Config, text string) error {
	if err := checkHost(text); err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(c.ListenAddress)
	c.ListenAddress = net.JoinHostPort(text, port)
	return err
}

// setPort replaces the port of the listen address.
func setPort(c *Config, text string) error {
	if err := checkPort(text); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(c.ListenAddress)
	c.ListenAddress = net.JoinHostPort(host, text)
	return err
}

func checkHost(text string) error {
	if _, err := netip.ParseAddr(text); err != nil && !hostName.MatchString(text) {
		return errors.New("want an IP address or a host name, without a port")
	}
	return nil
}

func checkPort(text string) error {
	if _, err := strconv.ParseUint(text, 10, 16); err != nil {
		return errors.New("want a whole number from 0 to 65535")
	}
	return nil
}

func isLoopback(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
