package main

import "syscall"

// endWithParent makes the kernel kill the child when the thread that started it ends, at the latest with its process. The caller
// must lock the thread until the child has ended.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
