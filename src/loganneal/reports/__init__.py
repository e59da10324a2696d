"""What a reader gets: tables, figures and one page; pure functions of a comparison's summary and records."""
