package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
)

// memory is the resident memory of a process in bytes.
type memory struct{ now, peak int }

var resident = regexp.MustCompile(`(?m)^Vm(HWM|RSS):\s+(\d+) kB$`)

// memory returns the memory of the process now and at its peak.
func (r *process) memory() (m memory, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	if err != nil {
		return m, fmt.Errorf("memory is measured on Linux only: %w", err)
	}
	for _, line := range resident.FindAllSubmatch(status, -1) {
		kilobytes, err := strconv.Atoi(string(line[2]))
		if err != nil {
			return m, err
		}
		if string(line[1]) == "HWM" {
			m.peak = kilobytes << 10
		} else {
			m.now = kilobytes << 10
		}
	}
	return m, nil
}
