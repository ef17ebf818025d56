"""The only SQL of the catalogue."""
