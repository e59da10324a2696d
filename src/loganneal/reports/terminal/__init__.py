"""Live displays of a run and of a study."""
