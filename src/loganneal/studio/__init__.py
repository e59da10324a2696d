"""The local page: design a schedule, take its code away, look at a log, follow a study. A view: nothing trains here."""
