"""The tables and rings of real proxies, built entry by entry: an oracle for whom a change of pods moves.

It shares no code with the simulation. Hashes are those of the proxies, each after its specification: XXH64 for Envoy,
CRC-32 for nginx.
"""

from __future__ import annotations

import math
import zlib
from bisect import bisect_left
from collections.abc import Callable, Sequence

_WORD = (1 << 64) - 1
_P1, _P2, _P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_P4, _P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5

Chooser = Callable[[str], str]
"""An address of a client to the pod that gets it."""


def xxh64(data: bytes, seed: int = 0) -> int:
    """XXH64 of the xxHash specification."""
    length, place = len(data), 0
    if length >= 32:
        lanes = [(seed + _P1 + _P2) & _WORD, (seed + _P2) & _WORD, seed, (seed - _P1) & _WORD]
        while place + 32 <= length:
            for lane in range(4):
                lanes[lane] = _round(lanes[lane], int.from_bytes(data[place : place + 8], "little"))
                place += 8
        found = sum(_turned(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18), strict=True)) & _WORD
        for lane in lanes:
            found = ((found ^ _round(0, lane)) * _P1 + _P4) & _WORD
    else:
        found = (seed + _P5) & _WORD
    found = (found + length) & _WORD
    while place + 8 <= length:
        found ^= _round(0, int.from_bytes(data[place : place + 8], "little"))
        found = (_turned(found, 27) * _P1 + _P4) & _WORD
        place += 8
    if place + 4 <= length:
        found ^= int.from_bytes(data[place : place + 4], "little") * _P1 & _WORD
        found = (_turned(found, 23) * _P2 + _P3) & _WORD
        place += 4
    for byte in data[place:]:
        found ^= byte * _P5 & _WORD
        found = _turned(found, 11) * _P1 & _WORD
    for shift, factor in ((33, _P2), (29, _P3)):
        found = (found ^ found >> shift) * factor & _WORD
    return found ^ found >> 32


def _turned(word: int, by: int) -> int:
    return (word << by | word >> 64 - by) & _WORD


def _round(lane: int, word: int) -> int:
    return _turned((lane + word * _P2) & _WORD, 31) * _P1 & _WORD


def addresses(number: int, network: int = 1) -> list[str]:
    """Addresses and ports of so many pods of one network."""
    return [f"10.{network}.{one // 200}.{one % 200 + 10}:8080" for one in range(number)]


def clients(number: int) -> list[str]:
    """So many addresses of clients all over the world."""
    return [".".join(str(part) for part in (one * 2654435761 & 0xFFFFFFFF).to_bytes(4, "big")) for one in range(number)]


def maglev(pods: Sequence[str], size: int = 65_537) -> Chooser:
    """Envoy: each pod takes its next free entry, in turn, in the order of the addresses."""
    ordered = sorted(pods)
    at = [xxh64(pod.encode()) % size for pod in ordered]
    skip = [xxh64(pod.encode(), 1) % (size - 1) + 1 for pod in ordered]
    table: list[str | None] = [None] * size
    filled = 0
    while filled < size:
        for one, pod in enumerate(ordered):
            while table[at[one]] is not None:
                at[one] = (at[one] + skip[one]) % size
            table[at[one]] = pod
            filled += 1
            if filled == size:
                break
    return lambda client: str(table[xxh64(client.encode()) % size])


def ring(pods: Sequence[str], least: int = 1024) -> Chooser:
    """Envoy: so many points of each pod that the ring is that large; the next point at or after the client's hash."""
    each = -(-least // len(pods))
    points = sorted((xxh64(f"{pod}_{number}".encode()), pod) for pod in pods for number in range(each))
    return _next_on(points, lambda client: xxh64(client.encode()))


def ketama(pods: Sequence[str], each: int = 160) -> Chooser:
    """nginx ``hash ... consistent``: the CRC of host, a zero, port and the point before it, little-endian."""
    points = []
    for pod in pods:
        host, _, port = pod.partition(":")
        base, before = zlib.crc32(f"{host}\0{port}".encode()), 0
        for _ in range(each):
            before = zlib.crc32(before.to_bytes(4, "little"), base)
            points.append((before, pod))
    return _next_on(sorted(points), lambda client: zlib.crc32(client.encode()))


def ip_hash(pods: Sequence[str]) -> Chooser:
    """nginx ``ip_hash``: the first three octets, modulo the number of pods, in the order in which they came."""

    def choose(client: str) -> str:
        found = 89
        for octet in client.split(".")[:3]:
            found = (found * 113 + int(octet)) % 6271
        return pods[found % len(pods)]

    return choose


def highest_score(pods: Sequence[str]) -> Chooser:
    """Traefik ``hrw``: FNV-1a of the client and the pod's URL as a part of one, over its logarithm."""

    def choose(client: str) -> str:
        return max(pods, key=lambda pod: 1 / -math.log(fnv1a(f"{client}http://{pod}".encode()) / 2**64))

    return choose


def fnv1a(data: bytes) -> int:
    """FNV-1a with 64 bits."""
    found = 0xCBF29CE484222325
    for byte in data:
        found = (found ^ byte) * 0x100000001B3 & _WORD
    return found


def _next_on(points: Sequence[tuple[int, str]], hash_of: Callable[[str], int]) -> Chooser:
    places = [point for point, _ in points]
    return lambda client: points[bisect_left(places, hash_of(client)) % len(points)][1]


def moved(before: Chooser, after: Chooser, gone: set[str], who: Sequence[str]) -> tuple[float, float]:
    """Part of the clients whose pod went, and part of those whose pod stays and who are sent to another one."""
    homes = [before(client) for client in who]
    lost = sum(home in gone for home in homes)
    sent = sum(home not in gone and after(client) != home for home, client in zip(homes, who, strict=True))
    return lost / len(who), sent / max(1, len(who) - lost)
