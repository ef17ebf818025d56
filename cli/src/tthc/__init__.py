"""The `tthc` command: runs the four services on one machine and works them over HTTP."""
