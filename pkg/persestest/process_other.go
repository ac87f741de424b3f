//go:build !linux

package persestest

import "syscall"

// endWithParent has no counterpart on this system, where a test process that is killed leaves Perses running.
func endWithParent() *syscall.SysProcAttr { return nil }
