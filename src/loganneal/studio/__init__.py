"""The local page: design a schedule, take its code away, look at a log. A view: nothing trains here."""
