"""What the user's own function is promised, and what it must return."""

import numpy as np
import pytest
import torch
from torch import nn

import loganneal as la
from loganneal.data import custom as contract
from loganneal.data import find_workload
from loganneal.training import train
from loganneal.training.tasks import Task

MODULE = """
import numpy as np
import torch
from torch import nn

x = np.linspace(-1, 1, 300)[:, None]
data = [(x[part::3], 2 * x[part::3] + 1) for part in range(3)]
classes = [(inputs.astype(np.float32), (inputs[:, 0] > 0).astype(np.int64)) for inputs, _ in data]


def model():
    return nn.Linear(1, 1)


def worst(outputs, targets):
    return (outputs - targets).abs().max()


worst.higher_is_better = False


def largest(outputs, targets):
    return outputs.max()


def line():
    return model, data, nn.functional.mse_loss, "loss"


def line_by_worst():
    return model, data, nn.functional.mse_loss, worst


def line_by_largest():
    return model, data, nn.functional.mse_loss, largest


def signs():
    return (lambda: nn.Linear(1, 2)), classes, nn.functional.cross_entropy, "accuracy"


def three():
    return model, data, nn.functional.mse_loss


def misnamed():
    return model, data, nn.functional.mse_loss, "mse"


def listed():
    return model, data, nn.functional.mse_loss, ["loss"]


def differentiable():
    tensors = torch.ones(3, 1, requires_grad=True)
    return model, [(tensors, tensors)] * 3, nn.functional.mse_loss, "loss"


def unequal():
    return model, [(x, x), (x, x[1:]), (x, x)], nn.functional.mse_loss, "loss"


def built():
    return model(), data, "mse", "loss"
"""


@pytest.fixture(autouse=True)
def module(tmp_path, monkeypatch):
    """A module `mine_to_test` in the current folder."""
    (tmp_path / "mine_to_test.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    contract._call.cache_clear()


def task_of(function):
    """The workload of a function in the module, and its task."""
    workload = find_workload(f"mine_to_test:{function}")
    splits = workload.load(0, workload.train_examples, workload.validation_examples)
    return workload, Task(workload, splits, torch.device("cpu"))


def test_its_network_learns_by_its_loss():
    """The network, data and loss are the function's: a line is fitted by a few steps of plain descent."""
    workload, task = task_of("line")
    network = task.network("own", seed=0)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    for _ in range(100):
        optimizer.zero_grad()
        task.loss(network, *task.batch(torch.arange(task.train_size), torch.Generator())).backward()
        optimizer.step()
    assert workload.metric.higher_is_better is False
    assert task.evaluate(network, "test").score < 1e-6
    assert network.weight.item() == pytest.approx(2, abs=1e-3)


def test_the_seed_decides_the_weights():
    """The function's model is made anew for each run, from the run's seed."""
    _, task = task_of("line")
    first, again, other = (task.network("own", seed).weight.item() for seed in (1, 1, 2))
    assert first == again != other


def test_floating_numbers_become_float32():
    """Data in double precision are fed to a network in single precision."""
    _, task = task_of("line")
    inputs, targets = task.batch(torch.arange(3), torch.Generator())
    assert inputs.dtype == targets.dtype == torch.float32


@pytest.mark.parametrize(("function", "better"), [("line_by_worst", False), ("line_by_largest", True)])
def test_its_metric_is_the_score(function, better):
    """A metric of its own sees all outputs and targets of a part at once, and says which way is better."""
    workload, task = task_of(function)
    network = task.network("own", seed=0)
    with torch.no_grad():
        outputs = network(task._parts["validation"][0])
    expected = {"line_by_worst": (outputs - task._parts["validation"][1]).abs().max(), "line_by_largest": outputs.max()}
    assert workload.metric.higher_is_better is better
    assert task.evaluate(network, "validation").score == pytest.approx(expected[function].item())
    assert workload.metric.name == function.removeprefix("line_by_")


def test_named_metric_of_a_classifier():
    """With the name of a metric, a classifier is scored like the built-in ones."""
    workload, task = task_of("signs")
    network = task.network("own", seed=0).eval()
    inputs, targets = task._parts["test"]
    assert workload.metric.higher_is_better
    assert task.evaluate(network, "test").score == (network(inputs).argmax(dim=1) == targets).double().mean()


def test_fewer_examples_are_drawn_by_the_split_seed():
    """A smaller split is a part of the function's data, drawn anew by the split seed; the test part stays."""
    workload, _ = task_of("line")
    first, other = (workload.load(seed, 20, 10) for seed in (0, 1))
    assert len(first.train) == 20
    assert not np.array_equal(first.train.inputs, other.train.inputs)
    assert np.array_equal(first.test.inputs, other.test.inputs)


@pytest.mark.parametrize(
    ("function", "complaint"),
    [
        ("three", r"must return a tuple \(model, data, loss, metric\)"),
        ("misnamed", "must return a function or one of accuracy"),
        ("listed", "must return a function or one of accuracy"),
        ("unequal", "three pairs of arrays"),
        ("differentiable", "three pairs of arrays"),
        ("built", "must return functions as model and loss"),
        ("nothing", "a function in the module mine_to_test"),
    ],
)
def test_broken_contract_is_named(function, complaint):
    """A wrong return value is reported in one sentence with the function's name."""
    with pytest.raises(ValueError, match=complaint) as caught:
        find_workload(f"mine_to_test:{function}")
    assert function in str(caught.value)


def test_module_that_is_not_there():
    """A module that cannot be imported is named with the reason."""
    with pytest.raises(ValueError, match="No module named 'nowhere'"):
        find_workload("nowhere:function")


def test_other_networks_are_refused():
    """The network is the function's: a built-in one cannot take its place."""
    _, task = task_of("line")
    with pytest.raises(ValueError, match="must be one of 'own'"):
        task.network("resnet-8", seed=0)


def test_label_smoothing_is_refused():
    """A loss of its own cannot be smoothed by the loop, which says so."""
    _, task = task_of("line")
    batch = task.batch(torch.arange(3), torch.Generator())
    with pytest.raises(ValueError, match="The 'label_smoothing' parameter"):
        task.loss(nn.Linear(1, 1), *batch, label_smoothing=0.1)


def test_example_of_the_contract_runs(tmp_path):
    """The module in the contract's docstring is a workload as it is."""
    code = contract.__doc__.split("```python")[1].split("```")[0]
    (tmp_path / "mine.py").write_text(code)
    workload = find_workload("mine:line")
    assert workload.metric.name == "loss"
    assert len(workload.load(0, 100, 100).test) == 100


def test_inputs_may_be_a_dictionary(monkeypatch, tmp_path):
    """Every array of a dictionary keeps its rows together through split, batch and evaluation."""
    (tmp_path / "named_inputs.py").write_text(
        "import numpy as np\n"
        "from torch import nn\n"
        "class Sum(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.scale = nn.Linear(1, 1)\n"
        "    def forward(self, batch):\n"
        "        return self.scale(batch['left'] - batch['right'])\n"
        "def task():\n"
        "    x = np.arange(300, dtype=np.float32)[:, None] / 300\n"
        "    data = [({'left': 3 * x[k::3], 'right': x[k::3]}, 2 * x[k::3]) for k in range(3)]\n"
        "    return Sum, data, nn.functional.mse_loss, 'loss'\n"
    )
    monkeypatch.chdir(tmp_path)
    workload = find_workload("named_inputs:task")
    task = Task(workload, workload.load(0, 80, 50), torch.device("cpu"))
    inputs, targets = task.batch(torch.arange(10, 20), torch.Generator())
    assert torch.allclose(inputs["left"] - inputs["right"], targets)
    network = task.network("own", seed=0)
    nn.init.ones_(network.scale.weight)
    nn.init.zeros_(network.scale.bias)
    assert task.evaluate(network, "test").loss == pytest.approx(0.0, abs=1e-12)


def test_inputs_of_a_dictionary_train(monkeypatch, tmp_path):
    """A run with them trains, in parts of a batch too, and averages of its weights are scored."""
    (tmp_path / "named_run.py").write_text(
        "import numpy as np\n"
        "from torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.norm, self.head = nn.BatchNorm1d(1), nn.Linear(1, 1)\n"
        "    def forward(self, batch):\n"
        "        return self.head(self.norm(batch['x']))\n"
        "def task():\n"
        "    x = np.arange(300, dtype=np.float32)[:, None] / 300\n"
        "    return Net, [({'x': x[k::3]}, x[k::3]) for k in range(3)], nn.functional.mse_loss, 'loss'\n"
    )
    monkeypatch.chdir(tmp_path)
    schedule = la.Cosine(0.1, 20)
    spec = find_workload("named_run:task").spec(
        schedule=schedule, seed=0, split_seed=0, steps=20, batch_size=16, accumulation=2, averaging=("ema",)
    )
    record = train(spec)
    assert record.status == "completed"
    assert record.averages["ema"]["validation_score"] is not None


def test_inputs_of_a_dictionary_must_fit(monkeypatch, tmp_path):
    """An array with too few rows is an error."""
    (tmp_path / "named_short.py").write_text(
        "import numpy as np\n"
        "def task():\n"
        "    x = np.zeros((30, 1))\n"
        "    return (lambda: None), [({'x': x, 'y': x[:9]}, x)] * 3, (lambda a, b: 0), 'loss'\n"
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="three pairs of arrays"):
        find_workload("named_short:task")
