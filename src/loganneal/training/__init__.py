"""The training loop and its parts; the one room that needs PyTorch."""
