//go:build !linux

package main

import "syscall"

// endWithParent does nothing on this system: a killed demo leaves the server running.
func endWithParent() *syscall.SysProcAttr { return nil }
