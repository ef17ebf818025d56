"""Rating: what citizens thought, how agencies scored, and how feedback was handled."""
