package main

import "syscall"

// endWithParent makes the kernel kill a child process when the thread that started it ends, which a thread does
// at the latest with its process, however that ends. The thread must be locked until the child has ended.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
