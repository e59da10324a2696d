"""What a study found, as frozen values."""
