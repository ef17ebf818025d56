"""The tables of the dossier database; the receiving agency leads every key of those that grow."""
