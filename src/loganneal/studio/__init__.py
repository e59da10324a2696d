"""The local page: design a schedule and copy its code, look at a log, follow a study. A view: nothing trains here."""
