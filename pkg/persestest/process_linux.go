package persestest

import "syscall"

// EndWithParent makes the kernel kill a child when the thread that started it ends, at the latest with its process. The caller
// must lock the thread until the child has ended.
func EndWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
