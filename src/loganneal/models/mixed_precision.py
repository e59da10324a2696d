"""A network whose forward pass computes in bfloat16."""

import torch
from torch import Tensor, nn


class MixedPrecision(nn.Module):
    """A network whose forward pass runs under autocast to bfloat16; weights, gradients and logits stay float32.

    Each forward pass enters autocast anew: a single context around a whole training run would keep using the casts of
    the first weights.

    Args:
        network: Any network that takes and returns one tensor.

    Example:
        >>> MixedPrecision(nn.Linear(2, 3))(torch.zeros(4, 2)).dtype
        torch.float32
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """Apply the network.

        Args:
            x: The input of the network.

        Returns:
            The output of the network, as float32.
        """
        with torch.autocast(x.device.type, torch.bfloat16):
            output: Tensor = self.network(x)
        return output.float()
