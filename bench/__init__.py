"""Measures the running product against floors taken in the same run on the same machine."""
