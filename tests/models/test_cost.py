"""What the cost of a network promises."""

import torch
from model_costs import image_cost, measure, text_cost
from torch import nn


def test_a_convolution_is_counted_by_hand():
    """A 3x3 convolution from 2 to 5 channels at 8 x 8 has 3 * 3 * 2 * 5 weights, each used 64 times."""
    network = nn.Conv2d(2, 5, 3, padding=1, bias=False)
    assert measure(network, torch.zeros(1, 2, 8, 8)) == (90, 90 * 64)


def test_attention_is_counted():
    """A GPT layer costs its 12 w^2 weights per position, and 2 * length^2 * w for attention; the head its own."""
    width, depth, length, vocabulary = 128, 4, 128, 65
    weights = length * (12 * width**2 * depth + width * vocabulary)
    assert text_cost("gpt-tiny", vocabulary, length).multiply_adds == weights + depth * 2 * length**2 * width


def test_published_number_comes_out():
    """ResNet-50 at 224 pixels and 1,000 classes has 25.6 million parameters and 4.1 billion multiply-adds."""
    cost = image_cost("resnet-50", classes=1000, side=224)
    assert round(cost.parameters / 1e6, 1) == 25.6
    assert round(cost.multiply_adds / 1e9, 1) == 4.1
