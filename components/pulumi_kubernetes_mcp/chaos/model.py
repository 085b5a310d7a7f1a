"""An experiment, the pods that it is done to, what its clients saw, and what is expected of them. Plain values."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ..eras import Era


class Experiment(StrEnum):
    """What is done."""

    KILL_POD = "kill-pod"
    """A pod ends without a drain, in the middle of its calls and sessions."""
    KILL_ZONE = "kill-zone"
    """All pods of a zone end so at once."""
    STOP_DATABASE = "stop-database"
    """The database is away for a while."""
    STOP_STATE_STORE = "stop-state-store"
    """What holds the state that pods share is away for a while."""
    FREEZE_POD = "freeze-pod"
    """A pod stands still for a while: it takes connections and answers nothing."""
    DROP_NETWORK = "drop-network"
    """Packets from and to pods are dropped for a while."""


NAMES = tuple(one.value for one in Experiment)
KILLS = frozenset({Experiment.KILL_POD, Experiment.KILL_ZONE})
STOPS = frozenset({Experiment.STOP_DATABASE, Experiment.STOP_STATE_STORE})
"""They are done to something that all pods use."""
COMMANDED = STOPS | {Experiment.DROP_NETWORK}
"""What is done to local processes by commands of whoever asks: nobody else knows their database, or their network."""


@dataclass(frozen=True)
class Pod:
    """A pod of the server, or a local process in the place of one."""

    name: str
    zone: str | None = None
    url: str | None = None
    """Where it alone speaks MCP, if that can be reached: who holds a session is asked there."""
    pid: int | None = None
    """Of a local process its id."""
    uid: str = ""
    """Of a pod the id of the API server; of a local process the moment of its start, since ids are used again."""
    node: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    restarts: int = 0


@dataclass(frozen=True)
class Signal:
    """A signal to a local process."""

    name: Literal["KILL", "STOP", "CONT"]
    pid: int
    uid: str

    @property
    def shown(self) -> str:
        """As a shell would do it."""
        return f"kill -{self.name} {self.pid}"


@dataclass(frozen=True)
class Command:
    """A program that is run."""

    words: tuple[str, ...]
    given: str = ""
    """What it reads from its standard input."""

    @property
    def line(self) -> str:
        """The command without what it reads."""
        return shlex.join(self.words)

    @property
    def shown(self) -> str:
        """As a shell would do it."""
        return self.line + (f" <<'END'\n{self.given}\nEND" if self.given else "")


@dataclass(frozen=True)
class Restart:
    """A process that was started here is started again, as a kubelet does it."""

    pid: int

    @property
    def shown(self) -> str:
        """In words: its command is that of --start."""
        return f"start the process again whose id was {self.pid}"


Action = Signal | Command | Restart


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that is done, and how it is undone."""

    says: str
    do: Action
    undo: Action | None = None
    restored_by: str = ""
    """Who brings back what cannot be undone, such as the Deployment a pod."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that will be done, before any of it is."""

    experiment: Experiment
    steps: tuple[Step, ...]
    pods: tuple[Pod, ...]
    """All pods of the server."""
    affected: tuple[Pod, ...]
    """Those that it is done to."""
    rights: tuple[str, ...] = ()
    """What the cluster must allow for it."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Who calls, how often, and how long everything takes; times in seconds."""

    clients: int = 4
    """Of each era."""
    rate: float = 2
    """Calls a second of each client."""
    timeout: float = 5
    """Of one call."""
    before: float = 5
    """Of calls before the fault, none of which may fail."""
    hold: float = 10
    """How long the fault lasts."""
    recover: float = 30
    """How long recovery may take: after a kill from the kill, else from the end of the fault."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call as its client saw it; times are seconds since the first call of the run."""

    era: Era
    client: int
    begun: float
    ended: float
    session: int | None = None
    """Number of the session within its client."""
    opening: bool = False
    """It opened a session, and called nothing."""
    reason: str | None = None
    """Why it failed."""
    detail: str = ""
    session_lost: bool = False
    """The session was found to be gone."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A session that was open when the fault began."""

    era: Era
    client: int
    session: int
    pod: str | None = None
    """Which pod held it, where that could be asked."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What happened."""

    calls: Sequence[Call]
    held: Sequence[Held]
    began: float
    """When the fault began."""
    over: float
    """When it had been undone; of a kill the same."""
    ended: float
    lasted: float | None = None
    """From the beginning of the fault until all of it was undone; ``None`` where nothing here undoes it, as a
    Deployment brings back a pod."""
    gone: Sequence[str] = ()
    """Pods that were not to end and have, or were started again."""
    left: Sequence[str] = ()
    """Commands that undo what is left."""


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What an experiment may cost."""

    calls_lost: int | None
    """Of the clients without a session; ``None``: any while the fault lasts."""
    sessions_lost: Literal["affected", "none"]
    """Sessions of the pods that it is done to, or none at all."""
    recover: float
    pods_stay: bool
    """No pod ends by it."""
    most_sessions: int | None = None
    """Said by whoever asks, instead of the above."""
