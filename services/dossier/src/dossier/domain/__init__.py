"""What the law says about a dossier: values and refusals only, no I/O."""
