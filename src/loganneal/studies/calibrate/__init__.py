"""How often verdicts are right, measured on runs where the truth is known."""
