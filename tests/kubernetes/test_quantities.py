"""Quantities against an oracle of their own: the rules of Kubernetes' resource.Quantity, in fractions."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.kubernetes import quantities as units
from pulumi_kubernetes_mcp.kubernetes.pod_requests import (
    Patched,
    patched_amounts,
    pod_devices,
    pod_requests,
    whole_pod_findings,
)
from pulumi_kubernetes_mcp.settings.keys.patches import Patch
from pulumi_kubernetes_mcp.simulation.hpa.quantity import exact
from tests.table import table

POWERS = {
    "m": Fraction(1, 1000), "": Fraction(1),
    "k": Fraction(10**3), "M": Fraction(10**6), "G": Fraction(10**9), "T": Fraction(10**12), "P": Fraction(10**15),
    "E": Fraction(10**18),
    "Ki": Fraction(2**10), "Mi": Fraction(2**20), "Gi": Fraction(2**30), "Ti": Fraction(2**40), "Pi": Fraction(2**50),
    "Ei": Fraction(2**60),
}  # fmt: skip
DECIMAL, BINARY = ("m", "", "k", "M", "G", "T", "P", "E"), ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


def value(text: str) -> Fraction:
    """What a quantity is worth."""
    number, suffix = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", text).groups()  # type: ignore[union-attr]
    return Fraction(number) * POWERS[suffix]


def canonical(text: str) -> bool:
    """Whether the API server would print it the same: no fraction, the largest suffix of its family, and the decimal
    family for what is less than one Ki."""
    number, suffix = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", text).groups()  # type: ignore[union-attr]
    if not number.isdigit() or str(int(number)) != number:
        return False
    if number == "0":
        return not suffix
    family = BINARY if suffix.endswith("i") else DECIMAL
    larger = family[family.index(suffix) + 1 :]
    return not any((value(text) / POWERS[other]).denominator == 1 for other in larger)


numbers = st.one_of(
    st.integers(0, 10**7).map(str),
    st.decimals(0, 5000, allow_nan=False, allow_infinity=False, places=4).map(lambda number: f"{number:f}"),
)
cpus = st.tuples(numbers, st.sampled_from(["", "m", "k"])).map("".join)
memories = st.tuples(numbers, st.sampled_from(["Ki", "Mi", "Gi", "Ti", "k", "M", "G", "T"])).map("".join)


@given(cpus)
def test_a_cpu_quantity_is_worth_what_it_says_rounded_up_to_a_millicore(text: str) -> None:
    assert units.parse_cpu(text) == ceil(value(text) * 1000)


@given(memories)
def test_a_memory_quantity_is_worth_what_it_says_rounded_up_to_a_byte(text: str) -> None:
    assert units.parse_memory(text) == ceil(value(text))


@given(cpus)
def test_canonical_cpu_is_canonical_and_reads_back(text: str) -> None:
    result = units.canonical_cpu(text)
    assert canonical(result)
    assert units.parse_cpu(result) == units.parse_cpu(text)
    assert units.canonical_cpu(result) == result


@given(memories)
def test_canonical_memory_is_canonical_and_reads_back(text: str) -> None:
    result = units.canonical_memory(text)
    assert canonical(result)
    least = 1024 if "i" in text else 1000
    assert 0 <= value(result) - value(text) < least
    assert units.parse_memory(result) == value(result)
    assert units.canonical_memory(result) == result


@given(memories)
def test_canonical_memory_keeps_the_family(text: str) -> None:
    result = units.canonical_memory(text)
    assert result == "0" or ("i" in result) == ("i" in text)


@given(st.integers(0, 2**60))
def test_any_number_of_bytes_is_written_canonically_and_reads_back_as_enough(size: int) -> None:
    result = units.format_memory(size)
    assert canonical(result)
    assert 0 <= units.parse_memory(result) - size < 1024


@given(st.integers(0, 10**15))
def test_any_number_of_millicores_and_of_objects_is_written_canonically(number: int) -> None:
    assert canonical(units.format_cpu(number))
    assert units.parse_cpu(units.format_cpu(number)) == number
    assert canonical(units.format_count(number))
    assert value(units.format_count(number)) == number


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("1000m", "1"),
        ("0.5", "500m"),
        ("2.5", "2500m"),
        ("0.0001", "1m"),
        ("40000m", "40"),
        ("1000", "1k"),
        ("1500", "1500"),
        ("0", "0"),
    ],
)
def test_cpu_as_the_api_server_stores_it(given: str, stored: str) -> None:
    assert units.canonical_cpu(given) == stored


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("1024Mi", "1Gi"),
        ("1536Mi", "1536Mi"),
        ("0.5Gi", "512Mi"),
        ("1.2Gi", "1258292Ki"),
        ("0.5Ki", "1Ki"),
        ("1000M", "1G"),
        ("1023.9995k", "1024k"),
        ("500M", "500M"),
        ("1000Ki", "1000Ki"),
        ("0Mi", "0"),
        ("0", "0"),
    ],
)
def test_memory_as_the_api_server_stores_it(given: str, stored: str) -> None:
    assert units.canonical_memory(given) == stored


@pytest.mark.parametrize(
    ("size", "text"), [(2**30, "1Gi"), (10**9, "1G"), (1024 * 10**6, "1000000Ki"), (567_108_865, "553818Ki")]
)
def test_a_number_of_bytes_takes_the_family_that_fits(size: int, text: str) -> None:
    assert units.format_memory(size) == text


@table("text", ["", "m", "-1", "+1", "1 ", " 1", "1\n", "1e3", ".5", "1.", "1Mi", "1K", "1u", "٣", "1mm"])
def test_what_is_no_cpu_quantity_is_refused_with_the_rule(text: str) -> None:
    with pytest.raises(units.QuantityError) as refused:
        units.parse_cpu(text)
    assert str(refused.value) == ("a CPU quantity is a number of cores or millicores, such as '250m', '2' or '0.5'")


@pytest.mark.parametrize(
    "text", ["", "256", "256MB", "256mi", "256Mb", "-1Mi", "1 Gi", "1Gi\n", "1e3Mi", "1m", "Mi", "٣Mi"]
)
def test_what_is_no_memory_quantity_is_refused_with_the_rule(text: str) -> None:
    with pytest.raises(units.QuantityError) as refused:
        units.parse_memory(text)
    assert str(refused.value) == (
        "a memory quantity is a number with a Kubernetes unit, such as '256Mi' or '1Gi' "
        "('MB' is not a unit, and a number without a unit means bytes)"
    )


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("1000m", "1"),
        ("0.5", "500m"),
        ("1500m", "1500m"),
        ("50", "50"),
        ("100000", "100k"),
        ("1000k", "1M"),
        ("0.57", "570m"),
        ("0.0000000001", "1n"),
        ("1.5u", "1500n"),
        ("153600Ki", "150Mi"),
        ("1.5Gi", "1536Mi"),
        ("0.5Ki", "512"),
        ("0.1Ki", "102400m"),
        ("0", "0"),
        ("0Mi", "0"),
    ],
)
def test_an_amount_as_the_api_server_stores_it(given: str, stored: str) -> None:
    assert units.canonical_amount(given) == stored


@given(
    number=st.decimals(min_value=0, max_value=10**6, places=3), unit=st.sampled_from(["", *"numkMG", "Ki", "Mi", "Gi"])
)
def test_an_amount_is_canonical_once_and_worth_the_same(number: Decimal, unit: str) -> None:
    text = f"{number}{unit}"
    assert exact(units.canonical_amount(text)) == exact(text)
    assert units.canonical_amount(units.canonical_amount(text)) == units.canonical_amount(text)


@pytest.mark.parametrize("text", ["", "many", "1e3", "-1", "1 k", "1MB", "1kk"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(units.QuantityError, match="an amount is a number"):
        units.canonical_amount(text)


def test_an_amount_of_thousands_of_digits_is_refused_and_no_count() -> None:
    with pytest.raises(units.TooLargeError, match="more than Kubernetes counts to"):
        units.canonical_amount("9" * 5000)
    assert not units.is_count("9" * 5000)


def test_mebibytes() -> None:
    assert units.mib(3 * 2**20) == 3
    assert units.mib(units.MIB // 2) == 0.5


def own(**resources: object) -> Patch:
    """A patch of the resources of the container 'server'."""
    containers = [{"name": "server", "resources": resources}]
    return Patch(kind="Pod", patch={"spec": {"containers": containers}})


@pytest.mark.parametrize(
    ("patches", "expected"),
    [
        ([], {}),
        ([own(requests={"cpu": "2"})], {("requests", "cpu"): ("2", 0)}),
        # The last has the last word, and each says who it is.
        (
            [own(requests={"cpu": "2", "memory": "1Gi"}), own(requests={"cpu": "3"}, limits={"memory": "2Gi"})],
            {("requests", "cpu"): ("3", 1), ("requests", "memory"): ("1Gi", 0), ("limits", "memory"): ("2Gi", 1)},
        ),
        ([own(requests={"cpu": "2"}), own(requests={"cpu": None})], {}),
        # A Rollout is a custom resource: its list of containers is replaced as a whole, with what stood in it.
        (
            [
                own(requests={"memory": "1Gi"}),
                Patch(
                    kind="Rollout",
                    patch={"spec": {"template": {"spec": {"containers": [
                        {"name": "server", "resources": {"requests": {"cpu": 4}}},
                    ]}}}},
                ),
            ],
            {("requests", "cpu"): ("4", 1)},
        ),
        ([own(requests={"cpu": "two", "memory": "0"}, limits={"nvidia.com/gpu": "1"})], {}),
        (
            [
                Patch(
                    kind="Deployment",
                    patch={"spec": {"template": {"spec": {"containers": [
                        {"name": "server", "resources": {"limits": {"cpu": 4}}},
                        {"name": "other", "resources": {"limits": {"cpu": 8}}},
                    ]}}}},
                )
            ],
            {("limits", "cpu"): ("4", 0)},
        ),
        ([Patch(kind="Service", patch={"spec": {"containers": [{"name": "server"}]}})], {}),
        # What cannot be merged is refused elsewhere, and changes nothing.
        ([Patch(kind="Pod", patch={"spec": {"containers": [{"resources": {"requests": {"cpu": "2"}}}]}})], {}),
    ],
)  # fmt: skip
def test_amounts_that_patches_give(patches: list[Patch], expected: dict[tuple[str, str], tuple[str, int]]) -> None:
    assert patched_amounts("server", patches) == {place: Patched(*one) for place, one in expected.items()}


def whole(**resources: object) -> list[str]:
    """What is wrong with a pod of two containers that as a whole has these resources."""
    limited = {"name": "b", "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}}
    return [*whole_pod_findings({"containers": [asks("500m", "100Mi"), limited], "resources": resources})]


def test_a_pod_requests_no_less_than_its_containers() -> None:
    assert whole(requests={"cpu": "1500m", "memory": "100Mi"}, limits={"cpu": "2"}) == whole() == []
    assert whole(requests={"cpu": "1499m", "memory": "99Mi"}) == [
        "spec.resources.requests.cpu: 1499m is less than its containers request together.",
        "spec.resources.requests.memory: 99Mi is less than its containers request together.",
    ]
    assert whole(limits={"cpu": "1999m"}) == [
        "spec.resources.limits.cpu: 1999m is less than the limit of the container 'b'."
    ]
    assert whole(requests={"cpu": "no quantity"}) == []


DEFAULTS = {"cpu": "50m", "memory": "64Mi"}


def asks(cpu: str, memory: str, **more: str) -> dict[str, object]:
    """A container that requests so much."""
    return {"resources": {"requests": {"cpu": cpu, "memory": memory}}, **more}


@pytest.mark.parametrize(
    ("pod", "cpu", "mebibytes"),
    [
        ({"containers": [asks("500m", "100Mi")]}, 500, 100),
        ({"containers": [asks("500m", "100Mi"), {}]}, 550, 164),
        ({"containers": [asks("500m", "100Mi")], "initContainers": [asks("100m", "300Mi")]}, 500, 300),
        (
            {"containers": [asks("500m", "100Mi")], "initContainers": [asks("1", "1Mi", restartPolicy="Always")]},
            1500,
            101,
        ),
        (
            {
                "containers": [asks("500m", "100Mi")],
                "initContainers": [asks("200m", "50Mi", restartPolicy="Always"), asks("1", "10Mi")],
            },
            1200,
            150,
        ),
        ({"containers": [{"resources": {"limits": {"cpu": "2", "memory": "1Gi"}}}]}, 2000, 1024),
        ({"containers": [asks("500m", "100Mi")], "overhead": {"cpu": "250m", "memory": "120Mi"}}, 750, 220),
        # What the pod as a whole requests stands for its containers, resource by resource (KEP-2837).
        ({"containers": [asks("500m", "100Mi")], "resources": {"requests": {"cpu": "2"}}}, 2000, 100),
        (
            {
                "containers": [asks("500m", "100Mi")],
                "resources": {"requests": {"cpu": "2", "memory": "1Gi"}},
                "overhead": {"cpu": "250m"},
            },
            2250,
            1024,
        ),
    ],
)
def test_the_requests_of_a_pod_are_those_that_a_quota_counts(pod: dict[str, object], cpu: int, mebibytes: int) -> None:
    """By hand after KEP-753: init containers run beside the sidecars that were started before them."""
    assert pod_requests(pod, DEFAULTS) == (cpu, mebibytes * units.MIB)


def test_the_devices_of_a_pod_are_counted_as_its_cpu_is() -> None:
    def needs(number: int, side: str = "limits", **more: str) -> dict[str, object]:
        return {"resources": {side: {"a.com/gpu": number, "hugepages-2Mi": f"{2 * number}Mi", "cpu": "1"}}, **more}

    def counted(**pod: object) -> tuple[int, int]:
        found = pod_devices(pod)
        assert set(found) == {"a.com/gpu", "hugepages-2Mi"}
        pages, rest = divmod(found["hugepages-2Mi"], 2 * units.MIB)
        assert rest == 0
        return found["a.com/gpu"], pages

    assert counted(containers=[needs(1), needs(2, "requests")]) == (3, 3)
    assert counted(containers=[needs(2)], initContainers=[needs(5)]) == (5, 5)
    assert counted(containers=[needs(2)], initContainers=[needs(1, restartPolicy="Always"), needs(1)]) == (3, 3)
    assert counted(containers=[needs(1)], initContainers=[needs(1, restartPolicy="Always"), needs(3)]) == (4, 4)
    assert counted(containers=[needs(1)], overhead={"a.com/gpu": 4, "hugepages-2Mi": "4Mi"}) == (5, 3)
    assert counted(containers=[needs(1)], **needs(7)) == (7, 7)
    assert pod_devices({"containers": [{"resources": {"limits": {"a.com/gpu": "no quantity"}}}]}) == {}
    assert pod_devices({"containers": [{"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}]}) == {}


@pytest.mark.parametrize(
    "text", ["0", "10", "+3", "1k", "1Ki", "1E", "1e3", "1E3", "1.0e+1", "10e-1", "2000m", "1.", "1.5k"]
)
def test_a_count_is_whole_in_any_spelling(text: str) -> None:
    assert units.is_count(text)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1500m", "1u", "1e-1", "1 k", "ten", "k", "1kk", "1e", "inf"])
def test_what_is_no_count(text: str) -> None:
    assert not units.is_count(text)
