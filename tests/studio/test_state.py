"""A link opens the design that it was copied from, and nothing that is not a design."""

import json
from urllib.parse import quote

import pytest
from every_schedule import SAMPLES

import loganneal as la
from loganneal.studio.state import Design, first_design, from_query, to_query


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_link_opens_its_design(sample: str) -> None:
    """Every schedule survives the round trip through an address, with everything it is compared with."""
    design = Design(SAMPLES[sample].to_dict(), 777, 33, "epochs", ("cosine",), (la.Linear(0.2, 9),), "kept 1")
    again = from_query(to_query(design))
    assert again == design
    assert again.schedule == SAMPLES[sample]


def test_an_address_without_a_design_opens_the_first_one() -> None:
    """A page that has just been opened shows a schedule."""
    assert from_query("") == from_query("?other=1") == first_design()


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "[]",
        "{}",
        '{"schedule":{}}',
        '{"schedule":{"type":"os.system","version":1}}',
        '{"schedule":{"type":"Constant","version":1,"max_lr":NaN}}',
        '{"schedule":{"type":"Constant","version":1,"max_lr":0.1},"budget":3}',
        '{"schedule":{"type":"Constant","version":1,"max_lr":0.1},"total_steps":1e300}',
        '{"schedule":{"type":"Constant","version":1,"max_lr":0.1},"rivals":"cosine"}',
        '{"schedule":{"type":"Constant","version":1,"max_lr":0.1},"kept":[1]}',
        '{"schedule":{"type":"Constant","version":1,"max_lr":0.1},"unit":["steps"]}',
        '{"schedule":' * 300,
        json.dumps({"schedule": {"type": "Constant", "version": 1, "max_lr": 0.1}, "kept": [{}] * 9}),
        "1" * 100_000,
    ],
)
def test_hostile_addresses_are_refused(data: str) -> None:
    """What is not a design is refused with a sentence."""
    with pytest.raises(ValueError, match=r".+"):
        from_query("?design=" + quote(data))
