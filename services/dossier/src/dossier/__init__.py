"""The dossier service: a dossier's life from filing to returned result, and its figures."""
