"""Pure rules of the catalogue: standard library and kernel only."""
