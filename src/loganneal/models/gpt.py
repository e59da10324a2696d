"""A small transformer that predicts the next character.

Source: Alec Radford et al., "Language Models are Unsupervised Multitask Learners", 2019 (normalisation before
each part, learned positions), after Ashish Vaswani et al., "Attention Is All You Need", arXiv:1706.03762.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class CausalSelfAttention(nn.Module):
    """Each position attends to itself and to those before it.

    Args:
        width: Numbers at a position.
        heads: Parallel attentions; divides `width`.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(n, length, width) to the same shape."""
        parts = self.queries_keys_values(x).chunk(3, dim=2)
        queries, keys, values = (part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in parts)
        attended = functional.scaled_dot_product_attention(queries, keys, values, is_causal=True)
        mixed: Tensor = self.output(attended.transpose(1, 2).flatten(2))
        return mixed


class Layer(nn.Module):
    """Attention, then two linear layers at each position, each added to what came in.

    Args:
        width: Numbers at a position.
        heads: Parallel attentions; divides `width`.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = CausalSelfAttention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """(n, length, width) to the same shape."""
        x = x + self.attention(self.norm1(x))
        y: Tensor = x + self.mlp(self.norm2(x))
        return y


class GPT(nn.Module):
    """A stack of layers between an embedding and a linear head.

    Args:
        vocabulary: Number of different characters.
        length: Most characters that are seen at once.
        width: Numbers at a position.
        depth: Number of layers.
        heads: Parallel attentions in a layer; divides `width`.

    Example:
        >>> GPT(vocabulary=65, length=128, width=16, depth=1, heads=2)(torch.zeros(4, 100, dtype=torch.uint8)).shape
        torch.Size([4, 100, 65])
    """

    def __init__(self, vocabulary: int, length: int, width: int, depth: int, heads: int) -> None:
        super().__init__()
        self.characters = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.empty(length, width))
        self.layers = nn.Sequential(*(Layer(width, heads) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)
        self.apply(_initialise)
        nn.init.normal_(self.positions, std=0.02)

    def forward(self, characters: Tensor) -> Tensor:
        """Numbers of characters (n, length) to logits of the character after each (n, length, vocabulary)."""
        x = self.characters(characters.long()) + self.positions[: characters.shape[1]]
        logits: Tensor = self.head(self.norm(self.layers(x)))
        return logits


def gpt_tiny(vocabulary: int, length: int) -> GPT:
    """Width 128, 4 layers, 4 heads: 0.8 million parameters."""
    return GPT(vocabulary, length, width=128, depth=4, heads=4)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)
