"""What is compared, declared before the first run: arms, what is tuned, comparisons, studies."""
