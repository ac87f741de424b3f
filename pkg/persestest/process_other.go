//go:build !linux

package persestest

import "syscall"

// EndWithParent does nothing on this system: a killed parent leaves its children running.
func EndWithParent() *syscall.SysProcAttr { return nil }
