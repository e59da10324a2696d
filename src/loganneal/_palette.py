"""The colours of every curve and table, legible on white and on black."""

RED, BLUE, GREEN, PURPLE, AMBER = "#e0512f", "#3b82d6", "#159a80", "#9a5fd6", "#d9902f"
PINK, BROWN, OLIVE, CYAN, RUST = "#c9408c", "#94723f", "#5b9e1f", "#1f9fc4", "#b8543e"
MAGENTA = "#d151c4"
GREY, BAND = "#808890", "#8c959f"

PALETTE = (RED, BLUE, GREEN, PURPLE, AMBER, PINK, BROWN, OLIVE, CYAN, RUST)
"""Colours for whatever has none of its own, in this order."""

CURVES = ("#0b6e99", "#d1495b", "#edae49", "#66a182", "#5b4b8a", "#8d6b4f", "#4f5d75", "#a23b72")
"""Colours for schedules drawn together; colour-blind readers can tell them apart, also in greyscale."""
