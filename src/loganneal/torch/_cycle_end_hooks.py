"""The event at the end of a cycle, before the rate jumps."""

from collections import OrderedDict
from collections.abc import Callable

from torch.utils.hooks import RemovableHandle

from loganneal import _checks
from loganneal.schedules import Schedule

Hook = Callable[[int], object]


class CycleEndHooks:
    """Functions that a scheduler calls when it leaves a cycle forward."""

    last_epoch: int
    _cycle_end_hooks: OrderedDict[int, Hook]

    @property
    def cycle_schedule(self) -> Schedule:
        """The schedule whose cycles are those of the scheduler; of several, the first group's."""
        raise NotImplementedError

    def register_cycle_end_hook(self, hook: Hook) -> RemovableHandle:
        """Have a function called at the end of each cycle, before the rate jumps: for a snapshot, or an average.

        `step` calls it when it leaves a cycle forward, by 1 or to an epoch; it is not called for cycles that are jumped
        over, nor by a jump backward. The optimizer still has the rate of the cycle's last update then. Hooks are called
        in the order of their registration and, as in torch, are not part of the state or of a copy: register them again
        after a resume, which does not repeat a cycle. A ``SequentialLR`` that moves on to another scheduler does
        not tell this one that its cycle is over.

        Args:
            hook: ``hook(cycle)``, with the number of the cycle that is over, counted from 0.

        Returns:
            A handle whose ``remove()`` removes the hook.

        Raises:
            ValueError: If the hook is not callable.

        >>> import torch, loganneal as la
        >>> from loganneal.torch import ScheduleLR
        >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        >>> scheduler = ScheduleLR(optimizer, la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=3))
        >>> handle = scheduler.register_cycle_end_hook(lambda cycle: print("cycle", cycle, "is over"))
        >>> for _ in range(6):
        ...     optimizer.step()
        ...     scheduler.step()
        cycle 0 is over
        cycle 1 is over
        """
        if not callable(hook):
            owner = f"{type(self).__name__}.register_cycle_end_hook"
            _checks.fail(owner, "hook", "a function of the cycle's number", hook)
        handle = RemovableHandle(self._cycle_end_hooks)
        self._cycle_end_hooks[handle.id] = hook
        return handle

    def _tell_cycle_end(self, after: int) -> None:
        """Call the hooks if a step to ``after`` leaves a cycle forward."""
        cycle = self.cycle_schedule.locate(self.last_epoch) if self.last_epoch >= 0 else None
        if cycle is not None and after >= cycle.end:
            for hook in tuple(self._cycle_end_hooks.values()):  # a hook may remove itself
                hook(cycle.index)
