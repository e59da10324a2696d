"""Many training runs, fairly: arms, search space, plan, engines and statistics."""
