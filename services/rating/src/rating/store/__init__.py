"""The only SQL of rating: one module per kind of record."""
