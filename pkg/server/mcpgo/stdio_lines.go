package mcpgo

// Fault: over stdio, a line can have any length, and a last line without a newline is dropped.
//
// StdioServer.readNextLine in server/stdio.go reads each line into memory whole, and processInputStream drops what was read
// before the end of the input.

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// invalidLine replaces a refused line. mcp-go answers it with a parse error.
var invalidLine = []byte("!\n")

// readLines sends the lines of in, each with a newline, and closes the channel at the end of the input. It replaces lines of more
// than maxLine bytes, and those that accept refuses, by invalidLine. A read cannot be interrupted, so readLines may run until the
// process ends.
func readLines(in io.Reader, lines chan<- []byte, maxLine int, accept func([]byte) bool) {
	defer close(lines)
	reader := bufio.NewReaderSize(in, 64<<10)
	for {
		var line []byte
		tooLong := false
		part, err := reader.ReadSlice('\n')
		for ; ; part, err = reader.ReadSlice('\n') {
			if tooLong = tooLong || len(line)+len(part) > maxLine; !tooLong {
				line = append(line, part...)
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
		}
		if tooLong || !accept(line) {
			line = invalidLine
		}
		if len(line) > 0 {
			if !bytes.HasSuffix(line, []byte("\n")) {
				line = append(line, '\n')
			}
			lines <- line
		}
		if err != nil {
			return
		}
	}
}
