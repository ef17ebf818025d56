"""The stories of rating, top to bottom, one transaction each."""
