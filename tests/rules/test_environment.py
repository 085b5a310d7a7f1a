"""Secrets in clear are found by name and by form, harmless settings are not, and no value is ever printed."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_kubernetes_mcp.rules import environment
from pulumi_kubernetes_mcp.rules.environment import variable_findings
from pulumi_kubernetes_mcp.rules.model import Finding
from pulumi_kubernetes_mcp.rules.workload import env_findings
from tests.sizes import examples
from tests.table import table

RANDOM = "q7Rz" + "X2mV9" + "tLw4"


def reasons(name: str, value: str) -> list[str]:
    return [finding.problem for finding in env_findings({name: value}, path="mcp:server.env")]


@table(
    "name",
    [
        "PASSWORD",
        "DB_PASSWORD",
        "PGPASSWORD",
        "MYSQL_ROOT_PASSWORD_1",
        "dbPassword",
        "SMTP_PASS",
        "SMTP_PASSWD",
        "SSH_PASSPHRASE",
        "CLIENT_SECRET",
        "clientSecret",
        "CLIENTSECRET",
        "SECRETS",
        "SECRET_KEY",
        "SECRET_KEY_BASE",
        "TOKEN",
        "GITHUB_TOKEN",
        "githubToken",
        "API_TOKENS",
        "API_KEY",
        "OPENAI_API_KEY",
        "OPENAI_APIKEY",
        "APIKEY_OPENAI",
        "apiKey",
        "PRIVATE_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "ENCRYPTION_KEY",
        "SESSION_KEY",
        "DB_CREDENTIAL",
        "GOOGLE_CREDENTIALS",
        "DB_PWD",
        "db.password",
        "TOKEN_SECRET",
        "MAX_TOKENS_PASSWORD",
    ],
)
def test_a_name_gives_a_secret_away(name: str) -> None:
    (finding,) = env_findings({name: RANDOM}, path="mcp:server.env")
    assert (finding.code, finding.path) == ("MCP107", f"mcp:server.env.{name}")
    assert finding.problem == f"The variable {name} holds a secret in clear: its name says so."
    assert finding.remedy.startswith("Keep the value in a Secret and refer to it: ⟦secret_env⟧.")


@table(
    "name",
    [
        "LOG_LEVEL",
        "MAX_TOKENS",
        "MAX_TOKEN",
        "CONTEXT_TOKENS",
        "TOKEN_LIMIT",
        "TOKENS_PER_MINUTE",
        "TOKEN_ENDPOINT",
        "TOKEN_TYPE",
        "TOKENIZER",
        "SECRET_NAME",
        "DB_SECRET_NAME",
        "SECRET_STORE_REGION",
        "PASSWORD_FILE",
        "POSTGRES_PASSWORD_FILE",
        "PASSWORD_POLICY",
        "PASSWORD_MIN_LENGTH",
        "AWS_ACCESS_KEY_ID",
        "API_KEY_HEADER",
        "SORT_KEY",
        "CACHE_KEYS",
        "PUBLIC_KEY",
        "KEY",
        "KEYBOARD",
        "MONKEY",
        "PASS_THROUGH",
        "SINGLE_PASS",
        "COMPASS",
        "SECRETARY",
        "CREDENTIALS_PATH",
        "GOOGLE_APPLICATION_CREDENTIALS_JSON_PATH",
        "HOST",
    ],
)
def test_a_name_that_is_only_about_secrets_passes(name: str) -> None:
    assert reasons(name, RANDOM) == []


@table(
    "value",
    [
        "",
        "  ",
        "true",
        "False",
        "no",
        "disabled",
        "none",
        "100",
        "-1",
        "0.25",
        "30s",
        "4_096",
        "$(DB_PASSWORD)",
        "${DB_PASSWORD}",
        "{{ .Values.password }}",
        "********",
        "<your token>",
        "/run/secrets/db",
        "/etc/tls/tls.key",
        "./tls.key",
        "file:///run/secrets/db",
        "vault:secret/data/mcp#password",
        "arn:aws:secretsmanager:eu-west-1:1:secret:mcp",
        "op://vault/item/field",
        "projects/acme/secrets/mcp",
        "https://auth.example.com/token",
    ],
)
def test_a_value_that_is_no_secret_passes_under_any_name(value: str) -> None:
    assert reasons("API_TOKEN", value) == []


def test_digits_are_a_password_but_not_a_token() -> None:
    assert reasons("DB_PASSWORD", "12345678") != []
    assert reasons("DB_PASSWORD", "1") == []
    assert reasons("API_TOKEN", "12345678") == []


PEM = "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"
CERTIFICATE = "-----BEGIN " + "CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----"


@table(
    "value, reason",
    [
        (PEM, "the value is a private key"),
        (PEM.replace("RSA ", ""), "the value is a private key"),
        (base64.b64encode(PEM.encode()).decode(), "the value is a private key"),
        ("postgres://app:" + RANDOM + "@db.example.com:5432/app", "the value is a URL with a password"),
        ("redis://:" + RANDOM + "@cache:6379/0", "the value is a URL with a password"),
        ("jdbc:postgresql://app:" + RANDOM + "@db/app", "the value is a URL with a password"),
        ("a=1,amqp://u:" + RANDOM + "@mq", "the value is a URL with a password"),
        ("host=db user=app password=" + RANDOM, "the value contains a password or a key"),
        ("postgres://db/app?user=app&password=" + RANDOM, "the value contains a password or a key"),
        ('{"user": "app", "password": "' + RANDOM + '"}', "the value contains a password or a key"),
        ("Server=db;Pwd=" + RANDOM + ";", "the value contains a password or a key"),
        ("gh" + "p_" + "a1B2" * 9, "the value has the form of an access token"),
        ("github" + "_pat_" + "a1B2" * 9, "the value has the form of an access token"),
        ("glp" + "at-" + "a1B2" * 5, "the value has the form of an access token"),
        ("sk" + "-ant-api03-" + "a1B2" * 9, "the value has the form of an access token"),
        ("sk" + "_live_" + "a1B2" * 6, "the value has the form of an access token"),
        ("xo" + "xb-1234567890-" + "a1B2" * 5, "the value has the form of an access token"),
        ("AK" + "IA" + "ABCD" * 4, "the value has the form of an access token"),
        ("AI" + "za" + "a1B2c" * 7, "the value has the form of an access token"),
        ("hv" + "s." + "a1B2" * 7, "the value has the form of an access token"),
        ("ey" + "JhbGciOiJ.ey" + "JzdWIiOiIx." + "a1B2" * 4, "the value has the form of an access token"),
        ("Bearer " + RANDOM + RANDOM, "the value has the form of an access token"),
    ],
)
def test_a_form_gives_a_secret_away_under_any_name(value: str, reason: str) -> None:
    assert reasons("SETTING", value) == [f"The variable SETTING holds a secret in clear: {reason}."]


@table(
    "value",
    [
        CERTIFICATE,
        base64.b64encode(CERTIFICATE.encode()).decode(),
        "LS0tLS1CRUdJTi" + "=",
        "postgres://app@db.example.com:5432/app",
        "postgres://app:$(DB_PASSWORD)@db.example.com:5432/app",
        "postgres://app:${DB_PASSWORD}@db/app",
        "host=db user=app password=$(DB_PASSWORD)",
        "http://proxy:8080/path@v1",
        "http://proxy:8080?mail=a@b",
        "mailto:team@example.com",
        "sk-short",
        "risk-" + "a1B2" * 9,
        "Bearer",
        "info",
        "10.0.0.0/8,192.168.0.0/16",
    ],
)
def test_a_form_that_only_resembles_passes(value: str) -> None:
    assert reasons("SETTING", value) == []


@given(
    value=st.text(min_size=12, max_size=40, alphabet="abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"),
    name=st.sampled_from(["DB_PASSWORD", "SETTING", "DATABASE_URL", "X_TOKEN"]),
    wrapper=st.sampled_from(
        ["{}", "postgres://u:{}@db/x", "Bearer {}", "password={}", "ghp_aaaaaaaaaaaaaaaaaaaaaaaa{}"]
    ),
)
@examples(150)
def test_no_value_is_ever_printed(value: str, name: str, wrapper: str) -> None:
    for finding in env_findings({name: wrapper.format(value)}, path="env"):
        assert value not in str(finding)


@pytest.mark.grid
@given(env=st.dictionaries(st.text(max_size=30), st.text(max_size=80), max_size=4))
@examples(150)
def test_any_environment_is_read_and_each_variable_is_reported_once(env: dict[str, str]) -> None:
    paths = [finding.path for finding in env_findings(env, path="env")]
    assert len(paths) == len(set(paths))
    assert set(paths) <= {f"env.{name}" for name in env}


@pytest.mark.grid
def test_a_long_value_takes_no_long_time() -> None:
    """Values come from people and machines; no pattern may take quadratic time on a megabyte."""
    for piece in ("a", "/a", "://a:", "LS0tLS1CRUdJTi", "-----BEGIN ", "eyJaaaaaaaa.", "{{", "password=", "<"):
        env_findings({"TOKEN": piece * (200_000 // len(piece))}, path="env")


NAMES = st.sets(st.sampled_from("ABCDE"))


def variables(given: set[str], secret: set[str], derived: set[str]) -> list[Finding]:
    return variable_findings(
        given=given, secret=secret, derived=derived, path="mcp:server.env", secret_path="mcp:secrets.env"
    )


def test_a_variable_in_clear_and_from_the_secret_is_refused() -> None:
    (finding,) = variables({"A", "TWICE"}, {"TWICE", "B"}, set())
    assert str(finding) == (
        "error MCP116 at mcp:secrets.env.TWICE: The variable TWICE is given twice. "
        "Remove it here or from mcp:server.env."
    )


def test_a_derived_variable_that_is_given_is_a_warning() -> None:
    (finding,) = variables({"A", "PGHOST"}, set(), {"PGHOST", "PGPORT"})
    assert str(finding) == (
        "warning MCP117 at mcp:server.env.PGHOST: The variable PGHOST is derived, and given here too. "
        "Leave it out, and change what it is derived from; or accept this warning."
    )


def test_errors_come_first_and_each_kind_by_name() -> None:
    found = variables({"Z", "A", "M"}, {"Z", "A"}, {"M", "A"})
    assert [(finding.code, finding.path.rpartition(".")[2]) for finding in found] == [
        ("MCP116", "A"),
        ("MCP116", "Z"),
        ("MCP117", "A"),
        ("MCP117", "M"),
    ]


@given(given=NAMES, secret=NAMES, derived=NAMES)
def test_a_name_on_one_side_only_is_never_told(given: set[str], secret: set[str], derived: set[str]) -> None:
    told = {(finding.code, finding.path.rpartition(".")[2]) for finding in variables(given, secret, derived)}
    expected = {("MCP116", name) for name in "ABCDE" if name in given and name in secret}
    expected |= {("MCP117", name) for name in "ABCDE" if name in given and name in derived}
    assert told == expected


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        (["--token=abcdefgh"], ["a[0]"]),
        (["serve", "--api-key", "abcdefgh"], ["a[1]"]),
        (["--dsn=postgres://u:hunter2@db/x"], ["a[0]"]),
        (["--port=8000", "--token-file=/run/t", "--verbose", "serve"], []),
        (["--password=$(DB_PASSWORD)"], []),
    ],
)
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(arguments: list[str], places: list[str]) -> None:
    found = environment.argument_findings(arguments, path="a")
    assert [finding.path for finding in found] == places
    assert {finding.code for finding in found} <= {"MCP107"}
    assert not any(word in str(finding) for finding in found for word in ("abcdefgh", "hunter2"))
