"""Runs a program in a pseudo-terminal: COLUMNS ROWS PROGRAM [ARGUMENT...].

Copies what the program writes to standard output. Reads one JSON object in each line of standard
input: {"type": text} types it, {"resize": [columns, rows]} changes the size.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    columns, rows, *program = sys.argv[1:]
    ready, go = os.pipe()
    child, terminal = pty.fork()
    if child == 0:
        # The program starts when the terminal has its size.
        os.close(go)
        os.read(ready, 1)
        os.execvp(program[0], program)
    os.close(ready)
    resize(terminal, int(columns), int(rows))
    os.close(go)
    waiting = b""
    sources = [terminal, 0]
    while True:
        readable, _, _ = select.select(sources, [], [])
        if terminal in readable:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            os.write(1, data)
        if 0 in readable:
            data = os.read(0, 65536)
            if not data:
                sources.remove(0)
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:
                order = json.loads(line)
                if "type" in order:
                    os.write(terminal, order["type"].encode())
                if "resize" in order:
                    resize(terminal, *order["resize"])
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


main()
