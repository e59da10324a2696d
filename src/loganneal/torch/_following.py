"""Stepping a scheduler from its optimizer: once for each update that is made, and from nowhere else."""

from collections.abc import Callable
from typing import Any, NoReturn

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.hooks import RemovableHandle

from loganneal import _checks

WRAPPED = ("base_optimizer", "_base_optimizer", "optimizer")
"""Where optimizers that wrap another one keep it: SAM, timm's Lookahead, Accelerate."""


class UpdateHook:
    """Calls a function after each update of an optimizer.

    Args:
        source: The optimizer that makes the updates, see `source_of_updates`.
        call: The function to call.
    """

    def __init__(self, source: Optimizer, call: Callable[[], None]) -> None:
        self.call = call
        self.handle: RemovableHandle = source.register_step_post_hook(self)

    def __call__(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        # GradScaler always calls a fused optimizer, which skips the update itself if gradients overflow
        overflow = getattr(optimizer, "found_inf", None)
        if overflow is None or not bool(overflow):
            self.call()


class FollowsOptimizer(LRScheduler):
    """A scheduler that its optimizer can step."""

    _hook: UpdateHook | None = None

    def _follow(self, source: Optimizer) -> None:
        self._hook = UpdateHook(source, self._step_by_optimizer)
        # in place of the method, since a check in it would slow every step of schedulers that do not follow
        self.step = self._refuse_step  # type: ignore[method-assign]

    def _step_by_optimizer(self) -> None:
        self.optimizer._opt_called = True  # type: ignore[attr-defined] # torch notes it for step(), not for second_step()
        type(self).step(self)

    def _refuse_step(self, epoch: float | None = None) -> NoReturn:
        raise RuntimeError(
            f"{type(self).__name__} was made with follow=True: the optimizer steps it after each update. "
            "Remove the call to scheduler.step(), or make the scheduler without follow=True if a framework steps it."
        )

    def unfollow(self) -> None:
        """Stop the optimizer from stepping this scheduler: ``step()`` may be called again, or another one follow."""
        if self._hook is not None:
            self._hook.handle.remove()
            del self._hook, self.step

    def __getstate__(self) -> dict[str, Any]:
        """What is copied or pickled: that the scheduler follows, but not the hook, which belongs to the optimizer."""
        follows = self._hook is not None
        return {**{key: value for key, value in vars(self).items() if key not in ("_hook", "step")}, "follows": follows}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A copy of a scheduler that follows its optimizer follows the optimizer's copy."""
        follows = state.pop("follows")
        vars(self).update(state)
        if follows:
            self._follow(source_of_updates(type(self).__name__, self.optimizer))


def source_of_updates(owner: str, optimizer: Optimizer) -> Optimizer:
    """The optimizer whose ``step`` makes the updates: the given one, or the one that it wraps.

    Raises:
        ValueError: If updates do not go through a ``step`` that runs hooks, or another scheduler already follows it.
    """
    source = optimizer
    while _bypasses_step(source):
        source = _wrapped(owner, source)
    if any(isinstance(hook, UpdateHook) for hook in source._optimizer_step_post_hooks.values()):
        remedy = "Call unfollow() of that scheduler first."
        _checks.fail(owner, "follow", "False if another scheduler already follows the optimizer", True, remedy)
    return source


def _bypasses_step(optimizer: Optimizer) -> bool:
    """Whether updates are made without ``step``, as by SAM's ``second_step``, or by one that runs no hooks."""
    return hasattr(optimizer, "second_step") or not getattr(type(optimizer).step, "hooked", False)


def _wrapped(owner: str, optimizer: Optimizer) -> Optimizer:
    inner = [vars(optimizer)[name] for name in WRAPPED if isinstance(vars(optimizer).get(name), Optimizer)]
    if not inner:
        allowed = f"False with {type(optimizer).__name__}, whose updates do not go through a step() that runs hooks"
        _checks.fail(owner, "follow", allowed, True, "Call scheduler.step() after each update.")
    wrapped: Optimizer = inner[0]
    return wrapped
