"""From records to conclusions: tuning by validation, paired differences, tests, power, verdicts."""
