"""What the networks cost: the rows of the tables in docs/models.md.

python benchmarks/model_costs.py
"""

from loganneal.models import MODELS, TEXT_MODELS
from loganneal.models.cost import Cost, image_cost, text_cost

IMAGE_SIZES = ((3, 32), (1, 28), (3, 72))


def image_row(name: str) -> str:
    """Parameters at 32 pixels and three channels, then multiply-adds at each size of image."""
    costs = [image_cost(name, in_channels=channels, side=side) for channels, side in IMAGE_SIZES]
    return _row(name, costs)


def text_row(name: str) -> str:
    """Parameters and multiply-adds at 65 characters and pieces of 128."""
    return _row(name, [text_cost(name)])


def _row(name: str, costs: list[Cost]) -> str:
    work = (f"{cost.multiply_adds / 1e6:,.1f}" for cost in costs)
    return " | ".join((f"| `{name}`", f"{costs[0].parameters:,}", *work)) + " |"


def main() -> None:
    """Print the rows."""
    print("\n".join([*map(image_row, MODELS), *map(text_row, TEXT_MODELS)]))


if __name__ == "__main__":
    main()
