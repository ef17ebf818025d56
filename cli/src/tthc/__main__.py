"""Lets `python -m tthc` be the `tthc` command."""

from tthc.main import main

main()
