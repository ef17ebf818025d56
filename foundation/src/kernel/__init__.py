"""Pure rules that at least two services need: standard library only, no I/O, no clock."""
