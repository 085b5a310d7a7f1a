"""Reads a cluster through kubectl and its configuration. Asks only, and of a Secret only for the names of its keys."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pulumi

from .judge import SECRET_KEYS
from .model import Answer, Question, Snapshot

KUBECTL = "kubectl"
TIMEOUT_SECONDS = 20
AT_ONCE = 4
"""Questions that are asked at the same time: a cluster far away answers each in half a second."""
_ABSENT = ("the server doesn't have a resource type", "no matches for kind", "could not find the requested resource")
_NOISE = re.compile(r"Warning:|[EIW]\d{4} ")
"""Lines of kubectl that are no answer: warnings of the API server, and its log."""
Run = Callable[[Sequence[str]], subprocess.CompletedProcess[str]]


def read(context: str | None, questions: Iterable[Question], run: Run | None = None) -> Snapshot:
    """Ask a cluster.

    :param context: name of the context; ``None`` takes the current one of kubectl's configuration.
    :param run: runs a command line. Default: the kubectl of this machine.
    :raises pulumi.RunError: where there is no kubectl, no context, or no cluster behind it.
    """
    run = run or run_words
    context = reached(context, run)
    asked = list(questions)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda question: answer(question, run(command(context, question))), asked)
        return Snapshot(context=context, answers=dict(zip(asked, answers, strict=True)))


def reached(context: str | None, run: Run) -> str:
    """The name of a context of kubectl whose cluster answers."""
    if context is None:
        current = run([KUBECTL, "config", "current-context"])
        context = current.stdout.strip()
        if current.returncode or not context:
            raise pulumi.RunError("kubectl has no current context, and the stack names none (kubernetes:context).")
    known = run([KUBECTL, "config", "get-contexts", context, "--output", "name"])
    if known.returncode:
        raise pulumi.RunError(f"kubectl has no context '{context}'. 'kubectl config get-contexts' lists those it has.")
    answered = run(
        [KUBECTL, "--context", context, "--request-timeout", f"{TIMEOUT_SECONDS}s", "get", "--raw", "/version"]
    )
    if answered.returncode:
        raise pulumi.RunError(f"The cluster '{context}' does not answer: {reason(answered.stderr)}")
    return context


def command(context: str, question: Question) -> list[str]:
    """The command line of a question. None of them changes anything."""
    before = [KUBECTL, "--context", context, "--request-timeout", f"{TIMEOUT_SECONDS}s", *question]
    if question[0] == "auth":
        return before
    if question[:2] == ("get", "secret"):
        return [*before, "--ignore-not-found", "--output", SECRET_KEYS]
    return [*before, *(["--ignore-not-found"] if len(question) > 2 else []), "--output", "json"]


def answer(question: Question, done: subprocess.CompletedProcess[str]) -> Answer:
    """What a run of kubectl says."""
    text = done.stdout.strip()
    if question[0] == "auth":
        return Answer(value=text == "yes") if text in ("yes", "no") else Answer(refused=reason(done.stderr))
    if done.returncode:
        absent = any(words in done.stderr for words in _ABSENT)
        return Answer() if absent else Answer(refused=reason(done.stderr))
    if question[:2] == ("get", "secret"):
        return Answer(value=text.split("\n")) if text else Answer()
    try:
        return Answer(value=json.loads(text)) if text else Answer()
    except ValueError:
        return Answer(refused="kubectl printed no JSON")


def run_words(words: Sequence[str], given: str = "") -> subprocess.CompletedProcess[str]:
    """Run kubectl, within a time.

    :param given: what it reads from its standard input.
    """
    if shutil.which(words[0]) is None:
        raise pulumi.RunError("kubectl is not installed: the cluster is read through it and its configuration.")
    try:
        return subprocess.run(
            words,
            input=given,
            capture_output=True,
            text=True,
            timeout=2 * TIMEOUT_SECONDS,
            check=False,
            # Ctrl-C of the terminal is for this program, which may have to ask kubectl once more.
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(list(words), 1, "", f"no answer within {2 * TIMEOUT_SECONDS} s")


def reason(stderr: str) -> str:
    """What kubectl says is wrong, in a line."""
    lines = [line for line in stderr.splitlines() if line.strip() and not _NOISE.match(line)]
    return (lines or ["kubectl says nothing"])[-1].removeprefix("Error from server ")[:300]
