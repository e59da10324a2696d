"""The environment of a run, as its record describes it so that the run can be repeated."""

import platform

import numpy as np
import torch

import loganneal


def describe_environment(device: torch.device, precision: str, data: str) -> dict[str, str | int]:
    """Device kind, threads and versions, as JSON values.

    Args:
        device: The device of the network.
        precision: "float32" or "bfloat16", as used.
        data: Where the images came from.
    """
    return {
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "machine": platform.machine(),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "precision": precision,
        "data": data,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "loganneal": loganneal.__version__,
    }


def computes_bfloat16(device: torch.device) -> bool:
    """Whether the device has instructions for bfloat16; without them it is slower than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if not hasattr(torch.cpu, "get_capabilities"):  # older releases of torch cannot say
        return False
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
