//go:build !linux

package main

import "syscall"

// endWithParent has no counterpart on this system, where a demo that is killed leaves the server running.
func endWithParent() *syscall.SysProcAttr { return nil }
