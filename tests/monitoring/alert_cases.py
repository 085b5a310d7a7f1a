"""For each alert the series on which it fires, what it says then, and its neighbour, on which it is silent.

Values are in the notation of promtool: ``0+1x5`` is 0 1 2 3 4 5, ``_`` is no sample. A step is a minute unless the case
says another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Series = Mapping[str, str]

PROBE = 'endpoint="https://mcp.example.com/mcp",server="orders"'
HERE = f'{PROBE},region="us-east",watcher="a"'
HERE_TOO = f'{PROBE},region="us-east",watcher="b"'
THERE = f'{PROBE},region="eu-west",watcher="a"'
OTHERS = 'endpoint="https://mcp.example.com/other",server="billing",region="us-east",watcher="a"'
POD = 'namespace="shop",pod="orders-5d4f8b9c7-x2x9z"'
OTHER_POD = 'namespace="shop",pod="orders-web-5d4f8b9c7-x2x9z"'
SERVER = f'{POD},container="server"'
HPA = 'namespace="shop",horizontalpodautoscaler="keda-hpa-orders"'
CONTROLLER = 'namespace="controllers",exported_namespace="shop"'
FILLED = 'namespace="shop",name="orders-secrets",condition="Ready",status="True"'
POOLS = 'namespace="shop",database="shop",pod="orders-pooler-6b8d9c7f4-m4k2p"'
OTHER_POOLS = 'namespace="shop",database="shop",pod="orders-pooler-6b8d9c7f4-t7w9x"'
DEPLOYMENT = 'namespace="shop",deployment="orders"'
PROGRESSING = 'condition="Progressing"'
ROLLOUT = 'namespace="argo",exported_namespace="shop-west",name="orders",strategy="blueGreen",traffic_router=""'
GREEN = 'namespace="shop-south",deployment="orders-green"'
QUOTA = 'namespace="shop",resource="pods"'
LATE = "_x10 1x40"
MIB = 1_048_576
DAY = f"{400 * MIB}x12 {400 * MIB}+{10 * MIB}x46 {420 * MIB}x4"
"""Memory that rises with the load of a day and comes back."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One alert."""

    fires: Series
    silent: Series
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels besides those that every alert of the stack has."""
    says: str
    """The summary, as it is sent."""
    at: str = "30m"
    step: str = "1m"
    """How often samples come and rules are asked."""
    stack: str = "pooled"
    everywhere: bool = False
    fires_too: Sequence[Series] = ()
    """Further series on which it fires with the same words."""
    silent_too: Sequence[Series] = ()
    """Further neighbours: one for each further part of the condition."""


def slow(before: str, now: str, where: str = HERE) -> dict[str, str]:
    """Durations of rounds."""
    return {f"mcp_probe_duration_seconds{{{where}}}": f"{before} {now}"}


def wanted(pods: int) -> dict[str, str]:
    """Pods that the autoscaler asks for, of eight that it may have."""
    return {
        f"kube_horizontalpodautoscaler_status_desired_replicas{{{HPA}}}": f"{pods}x40",
        f"kube_horizontalpodautoscaler_spec_max_replicas{{{HPA}}}": "8x40",
    }


CASES: Mapping[str, Case] = {
    "McpEndpointDown": Case(
        fires={
            f"mcp_probe_success{{{HERE}}}": "1x20 0x20",
            f"mcp_probe_success{{{HERE_TOO}}}": "1x20 0x20",
            f"mcp_probe_success{{{THERE}}}": "1x40",
        },
        # One watcher still gets through: it is the other one's network.
        silent={
            f"mcp_probe_success{{{HERE}}}": "1x20 0x20",
            f"mcp_probe_success{{{HERE_TOO}}}": "1x40",
            f"mcp_probe_success{{{THERE}}}": "1x40",
        },
        says="orders does not answer in us-east, and does in other regions",
        silent_too=[
            # It answers, with other tools.
            {
                f"mcp_probe_success{{{HERE}}}": "0x40",
                f'mcp_probe_failure{{{HERE},reason="schema-drift"}}': "1x40",
                f"mcp_probe_success{{{THERE}}}": "1x40",
            },
            # Nobody answers anywhere, which is another alert; and another server is no region of this one.
            {f"mcp_probe_success{{{HERE}}}": "0x40", f"mcp_probe_success{{{THERE}}}": "0x40"},
            {f"mcp_probe_success{{{HERE}}}": "0x40", f"mcp_probe_success{{{OTHERS}}}": "1x40"},
            # The probe could not look.
            {
                f"mcp_probe_success{{{HERE}}}": "0x40",
                f'mcp_probe_failure{{{HERE},reason="probe"}}': "1x40",
                f"mcp_probe_success{{{THERE}}}": "1x40",
            },
        ],
        fires_too=[
            # The other region answers, with other tools: it is there, and this one is not.
            {
                f"mcp_probe_success{{{HERE}}}": "0x40",
                f'mcp_probe_failure{{{HERE},reason="connect"}}': "1x40",
                f"mcp_probe_success{{{THERE}}}": "0x40",
                f'mcp_probe_failure{{{THERE},reason="schema-drift"}}': "1x40",
            },
            # One watcher could not look, and the other one saw.
            {
                f"mcp_probe_success{{{HERE}}}": "0x40",
                f'mcp_probe_failure{{{HERE},reason="probe"}}': "1x40",
                f"mcp_probe_success{{{HERE_TOO}}}": "0x40",
                f'mcp_probe_failure{{{HERE_TOO},reason="connect"}}': "1x40",
                f"mcp_probe_success{{{THERE}}}": "1x40",
            },
        ],
    ),
    "McpEndpointDownEverywhere": Case(
        fires={f"mcp_probe_success{{{HERE}}}": "0x40", f"mcp_probe_success{{{THERE}}}": "0x40"},
        silent={f"mcp_probe_success{{{HERE}}}": "0x40", f"mcp_probe_success{{{THERE}}}": "1x40"},
        says="orders answers in no region",
        silent_too=[
            {f"mcp_probe_success{{{HERE}}}": "0x40", f'mcp_probe_failure{{{HERE},reason="wrong-era"}}': "1x40"},
            {f"mcp_probe_success{{{HERE}}}": "1x28 0x20"},
            {f"mcp_probe_success{{{HERE}}}": "0x40", f'mcp_probe_failure{{{HERE},reason="probe"}}': "1x40"},
        ],
        everywhere=True,
    ),
    "McpProbeSilent": Case(
        fires={f"mcp_probe_last_run_timestamp_seconds{{{HERE}}}": "0+60x10 600x40"},
        silent={f"mcp_probe_last_run_timestamp_seconds{{{HERE}}}": "0+60x40"},
        says="nobody looks at this server from outside any more",
        fires_too=[
            {
                f"mcp_probe_last_run_timestamp_seconds{{{HERE}}}": "0+60x40",
                f"mcp_probe_success{{{HERE}}}": "0x40",
                f'mcp_probe_failure{{{HERE},reason="probe"}}': "1x40",
            },
        ],
        silent_too=[
            # Another watcher sees what there is, be it a server that is down.
            {
                f"mcp_probe_last_run_timestamp_seconds{{{HERE}}}": "0+60x40",
                f"mcp_probe_success{{{HERE}}}": "0x40",
                f'mcp_probe_failure{{{HERE},reason="probe"}}': "1x40",
                f"mcp_probe_success{{{HERE_TOO}}}": "0x40",
                f'mcp_probe_failure{{{HERE_TOO},reason="connect"}}': "1x40",
            },
        ],
    ),
    "McpWrongProtocolVersion": Case(
        fires={f'mcp_probe_failure{{{HERE},reason="wrong-protocol-version"}}': "1x40"},
        silent={f'mcp_probe_failure{{{HERE},reason="timeout"}}': "1x40"},
        says="orders speaks another protocol version than is expected",
    ),
    "McpContractBroken": Case(
        fires={f'mcp_probe_failure{{{HERE},reason="origin-accepted"}}': "1x40"},
        silent={f'mcp_probe_failure{{{HERE},reason="origin-refused"}}': "1x40"},
        labels={"reason": "origin-accepted"},
        says="orders answers and does not keep what it promises: origin-accepted",
    ),
    "McpSchemaDrift": Case(
        fires={f'mcp_probe_schema_drift{{{HERE},kind="changed"}}': "2x40"},
        silent={f'mcp_probe_schema_drift{{{HERE},kind="changed"}}': "0x40"},
        labels={"kind": "changed"},
        says="2 tools of orders are changed beside those that are expected",
    ),
    "McpSchemaBreaking": Case(
        fires={f"mcp_probe_schema_breaking{{{HERE}}}": "1x40"},
        silent={f"mcp_probe_schema_breaking{{{HERE}}}": "0x40"},
        says="the tools of orders changed so that clients break",
    ),
    "McpCertificateExpiring": Case(
        # 13 and 15 days after the moment that is asked about.
        fires={f"mcp_probe_ssl_earliest_cert_expiry{{{HERE}}}": f"{7200 + 13 * 86_400}x200"},
        silent={f"mcp_probe_ssl_earliest_cert_expiry{{{HERE}}}": f"{7200 + 15 * 86_400}x200"},
        says="the certificate of orders expires in 13d 0h 0m 0s",
        at="2h",
    ),
    "McpProbeSlow": Case(
        fires=slow("0.81x60", ""),
        silent=slow("0.79x60", ""),
        says="exchanges with orders take twice as long as they should, 810ms",
        at="45m",
        # The server answers, and later than it is expected to.
        fires_too=[{**slow("0.81x60", ""), f'mcp_probe_failure{{{HERE},reason="slow"}}': "1x60"}],
        # It was gone for four rounds, each of which lasted as long as the probe waits.
        silent_too=[
            {**slow("0.1x25 30x3", "0.1x40"), f'mcp_probe_failure{{{HERE},reason="timeout"}}': "_x25 1x3 stale"},
        ],
    ),
    "McpLatencyGrowing": Case(
        fires=slow("0.1x192", "0.12x24"),
        silent=slow("0.1x192", "0.109x24"),
        says="exchanges with orders are 120% of a week ago",
        at="9d",
        step="1h",
    ),
    "McpLatencyStepAfterRollout": Case(
        fires={
            **slow("0.1x200", "0.2x60"),
            'kube_replicaset_created{namespace="shop",replicaset="orders-5d4f8b9c7"}': "11700x260",
        },
        # The same step, and the last rollout was hours ago.
        silent={
            **slow("0.1x200", "0.2x60"),
            'kube_replicaset_created{namespace="shop",replicaset="orders-5d4f8b9c7"}': "300x260",
        },
        says="exchanges with orders are 2 times as slow since the rollout",
        # A rollout without a step.
        silent_too=[
            {
                **slow("0.1x200", "0.14x60"),
                'kube_replicaset_created{namespace="shop",replicaset="orders-5d4f8b9c7"}': "11700x260",
            },
        ],
        at="235m",
    ),
    "McpRecurringGaps": Case(
        fires={f"mcp_probe_success{{{HERE}}}": "1x60 0 1x60 0 1x60 0 1x60"},
        silent={f"mcp_probe_success{{{HERE}}}": "1x60 0 1x60 0 1x120"},
        says="orders was gone 3 times within six hours, each time for a moment",
        # It is still gone: that is an outage, and no gap.
        silent_too=[{f"mcp_probe_success{{{HERE}}}": "1x60 0 1x60 0 1x60 0 1x10 0x60"}],
        at="220m",
    ),
    "McpSessionsRefused": Case(
        fires={
            f'mcp_probe_failure{{{HERE},reason="session-cap"}}': "_x24 1 stale _ 1 stale",
            f'mcp_probe_failure{{{HERE_TOO},reason="session-cap"}}': "_x26 1 stale",
        },
        # Once for each watcher; another reason; another server.
        silent={
            f'mcp_probe_failure{{{HERE},reason="session-cap"}}': "_x24 1 stale",
            f'mcp_probe_failure{{{HERE_TOO},reason="session-cap"}}': "_x24 1 stale",
            f'mcp_probe_failure{{{HERE},reason="draining"}}': "1x40",
            f'mcp_probe_failure{{{OTHERS},reason="session-cap"}}': "1x40",
        },
        says="orders refused 3 of the probe's sessions within ten minutes: its cap is met",
    ),
    # A range of an hour holds 61 rounds; 14.4 × 0.5 % of them are 4.4.
    "McpErrorBudgetBurn1h": Case(
        fires={f"mcp_probe_success{{{HERE}}}": "1x112 0x10"},
        silent={f"mcp_probe_success{{{HERE}}}": "1x116 0x4"},
        says="13.11% of the exchanges with orders failed within 1h",
        at="2h",
        # The probe had no descriptors left: what is not known is no error, and what is, counts for all.
        silent_too=[
            {f"mcp_probe_success{{{HERE}}}": "1x100 0x20", f'mcp_probe_failure{{{HERE},reason="probe"}}': "_x100 1x20"},
        ],
    ),
    # 6 × 0.5 % of 361 rounds are 10.8. The neighbour had 30 failures, and none in the last half hour.
    "McpErrorBudgetBurn6h": Case(
        fires={f"mcp_probe_success{{{HERE}}}": "1x333 0x30"},
        silent={f"mcp_probe_success{{{HERE}}}": "1x290 0x29 1x60"},
        says="7.479% of the exchanges with orders failed within 6h",
        at="6h",
    ),
    # Of 73 rounds, one every 20 minutes, 3 × 0.5 % are 1.1. The neighbour had three failures, and none in two hours.
    "McpErrorBudgetBurn1d": Case(
        fires={f"mcp_probe_success{{{HERE}}}": "1x66 0x6"},
        silent={f"mcp_probe_success{{{HERE}}}": "1x50 0x2 1x30"},
        says="8.219% of the exchanges with orders failed within 1d",
        at="24h",
        step="20m",
    ),
    # Of 217 rounds 0.5 % are 1.1.
    "McpErrorBudgetBurn3d": Case(
        fires={f"mcp_probe_success{{{HERE}}}": "1x204 0x12"},
        silent={f"mcp_probe_success{{{HERE}}}": "1x150 0x2 1x70"},
        says="5.53% of the exchanges with orders failed within 3d",
        at="72h",
        step="20m",
    ),
    "McpAutoscalerAtMaximum": Case(
        fires=wanted(8),
        silent=wanted(7),
        says="the autoscaler wants no fewer than its maximum of 8 pods",
    ),
    "McpAutoscalerUnable": Case(
        fires={
            f'kube_horizontalpodautoscaler_status_condition{{{HPA},condition="AbleToScale",status="false"}}': "1x40"
        },
        silent={
            f'kube_horizontalpodautoscaler_status_condition{{{HPA},condition="AbleToScale",status="false"}}': "0x40"
        },
        says="the autoscaler cannot change the number of pods",
    ),
    "McpAutoscalerMetricMissing": Case(
        fires={
            f'kube_horizontalpodautoscaler_status_condition{{{HPA},condition="ScalingActive",status="false"}}': "1x40"
        },
        silent={
            f'kube_horizontalpodautoscaler_status_condition{{{HPA},condition="ScalingActive",status="unknown"}}': "1x40"
        },
        says="the autoscaler has no metric to follow",
    ),
    "McpFollowedMetricAbsent": Case(
        # Another workload's pods are no answer.
        fires={f"mcp_active_sse_connections{{{OTHER_POD}}}": "5x40"},
        silent={f"mcp_active_sse_connections{{{POD}}}": "0x40"},
        says="Prometheus has no value of what the autoscaler follows",
    ),
    "McpScalerErrors": Case(
        fires={f'keda_scaler_detail_errors_total{{{CONTROLLER},scaledObject="orders"}}': "0+1x40"},
        silent={f'keda_scaler_detail_errors_total{{{CONTROLLER},scaledObject="orders"}}': "0x20 1x20"},
        says="KEDA failed 10 times in ten minutes to read what it scales on",
    ),
    "McpNoReadyPods": Case(
        fires={
            'kube_deployment_status_replicas_ready{namespace="shop",deployment="orders"}': "0x40",
            'kube_deployment_spec_replicas{namespace="shop",deployment="orders"}': "2x40",
        },
        silent={
            'kube_deployment_status_replicas_ready{namespace="shop",deployment="orders"}': "0x40",
            'kube_deployment_spec_replicas{namespace="shop",deployment="orders"}': "0x40",
        },
        says="no pod of the server is ready",
    ),
    "McpContainerRestarting": Case(
        fires={f"kube_pod_container_status_restarts_total{{{SERVER}}}": "0x10 1x10 2x10 3x40"},
        silent={f"kube_pod_container_status_restarts_total{{{SERVER}}}": "0x10 1x10 2x50"},
        labels={"pod": "orders-5d4f8b9c7-x2x9z"},
        says="the server in orders-5d4f8b9c7-x2x9z was restarted 3 times within an hour",
        at="60m",
    ),
    "McpKilledAtGraceEnd": Case(
        fires={f"kube_pod_deletion_timestamp{{{POD}}}": "1804x40"},
        silent={f"kube_pod_deletion_timestamp{{{POD}}}": "1806x40"},
        labels={"pod": "orders-5d4f8b9c7-x2x9z"},
        says="orders-5d4f8b9c7-x2x9z is killed at the end of its grace period, with what it still does",
    ),
    # The plan of the stack bears 38 sessions in a pod. A hash finds the pods, so that the autoscaler fills them, and
    # leaves a tenth more alone: 41.8.
    "McpSessionsNearCap": Case(
        fires={f"mcp_active_sse_connections{{{POD}}}": "42x40"},
        silent={f"mcp_active_sse_connections{{{POD}}}": "41x40"},
        labels={"pod": "orders-5d4f8b9c7-x2x9z"},
        says="orders-5d4f8b9c7-x2x9z has 42 sessions, and bears hardly more",
    ),
    "McpDescriptorsNearLimit": Case(
        fires={f"process_open_fds{{{POD}}}": "850x40", f"process_max_fds{{{POD}}}": "1000x40"},
        silent={f"process_open_fds{{{POD}}}": "790x40", f"process_max_fds{{{POD}}}": "1000x40"},
        labels={"pod": "orders-5d4f8b9c7-x2x9z"},
        says="orders-5d4f8b9c7-x2x9z uses 85% of its file descriptors",
    ),
    # Its limit is 1000 MiB.
    "McpMemoryNearLimit": Case(
        fires={f"container_memory_working_set_bytes{{{SERVER}}}": f"{960 * MIB}x40"},
        silent={
            f"container_memory_working_set_bytes{{{SERVER}}}": f"{890 * MIB}x40",
            f'container_memory_working_set_bytes{{{POD},container="proxy"}}': f"{960 * MIB}x40",
        },
        labels={"pod": "orders-5d4f8b9c7-x2x9z"},
        says="orders-5d4f8b9c7-x2x9z uses 960MiB of memory, and is killed hardly above",
    ),
    # 20 MiB an hour more: 700 MiB in the end, and 1180 a day later. The neighbour grows by 5 an hour.
    "McpMemoryGrowing": Case(
        fires={f"container_memory_working_set_bytes{{{SERVER}}}": f"{400 * MIB}+{5 * MIB}x80"},
        silent={f"container_memory_working_set_bytes{{{SERVER}}}": f"{400 * MIB}+{MIB * 5 // 4}x80"},
        labels={"pod": "orders-5d4f8b9c7-x2x9z"},
        says="the memory of orders-5d4f8b9c7-x2x9z grows, and meets its limit within a day",
        # It rises with the load of a day and comes back: the line still points up.
        silent_too=[{f"container_memory_working_set_bytes{{{SERVER}}}": DAY}],
        at="15h",
        step="15m",
    ),
    "McpRolloutStalled": Case(
        fires={f'kube_deployment_status_condition{{{DEPLOYMENT},{PROGRESSING},status="false"}}': "0x10 1x40"},
        # It goes on, and another condition is false.
        silent={
            f'kube_deployment_status_condition{{{DEPLOYMENT},{PROGRESSING},status="false"}}': "0x50",
            f'kube_deployment_status_condition{{{DEPLOYMENT},{PROGRESSING},status="true"}}': "1x50",
            f'kube_deployment_status_condition{{{DEPLOYMENT},condition="Available",status="false"}}': "1x50",
        },
        says="the rollout of the server makes no progress",
        # kube-state-metrics may name the reason too, with a series for each.
        fires_too=[
            {
                f'kube_deployment_status_condition{{{DEPLOYMENT},{PROGRESSING},status="false",reason="{reason}"}}': (
                    values
                )
                for reason, values in (("ProgressDeadlineExceeded", "1x50"), ("", "0x50"))
            }
        ],
        # Just now, and that of another server.
        silent_too=[
            {f'kube_deployment_status_condition{{{DEPLOYMENT},{PROGRESSING},status="false"}}': "0x26 1x20"},
            {
                'kube_deployment_status_condition{namespace="shop",deployment="orders-web",'
                f'{PROGRESSING},status="false"}}': "1x50"
            },
        ],
    ),
    "McpReleaseFailed": Case(
        fires={
            f'rollout_info{{{ROLLOUT},phase="Progressing"}}': "1x10",
            f'rollout_info{{{ROLLOUT},phase="Abort"}}': LATE,
        },
        silent={f'rollout_info{{{ROLLOUT},phase="Progressing"}}': "1x50"},
        labels={"phase": "Abort"},
        says="the release by Argo Rollouts has failed: Abort",
        # The scrape honours the labels of the controller.
        fires_too=[{'rollout_info{namespace="shop-west",name="orders",strategy="blueGreen",phase="Abort"}': LATE}],
        silent_too=[
            {f'rollout_info{{{ROLLOUT},phase="Paused"}}': "1x50"},
            {f'rollout_info{{{ROLLOUT},phase="Completed"}}': "1x50"},
            {'rollout_info{namespace="shop-west",name="orders-web",strategy="blueGreen",phase="Abort"}': "1x50"},
        ],
        stack="revised",
    ),
    "McpReleaseWaiting": Case(
        fires={f'rollout_info{{{ROLLOUT},phase="Paused"}}': "1x100"},
        # Promoted within the hour.
        silent={
            f'rollout_info{{{ROLLOUT},phase="Paused"}}': "1x58",
            f'rollout_info{{{ROLLOUT},phase="Completed"}}': "_x58 1x40",
        },
        labels={"phase": "Paused"},
        says="a release by Argo Rollouts has waited for an hour to be promoted",
        at="65m",
        stack="revised",
    ),
    "McpColourWaiting": Case(
        fires={f"kube_deployment_spec_replicas{{{GREEN}}}": "2x80"},
        # Switched to or retired before the weekend is over.
        silent={f"kube_deployment_spec_replicas{{{GREEN}}}": "2x70 0x10"},
        says="a colour that no client reaches has run for three days",
        # Clients reach the other colour, which is no colour that waits; and this one was begun anew.
        silent_too=[
            {'kube_deployment_spec_replicas{namespace="shop-south",deployment="orders"}': "3x80"},
            {f"kube_deployment_spec_replicas{{{GREEN}}}": "2x20 0x1 2x60"},
        ],
        at="80h",
        step="1h",
        stack="coloured",
    ),
    "McpPoolWait": Case(
        fires={'db_client_connection_pending_requests{namespace="shop-eu",pod="orders-0"}': "3x40"},
        silent={'db_client_connection_pending_requests{namespace="shop-eu",pod="orders-0"}': "3 0 3 0 0 0x40"},
        labels={"pod": "orders-0"},
        says="3 calls in orders-0 wait for a connection of the pool",
        stack="direct",
    ),
    "McpPoolerClientsWaiting": Case(
        fires={f"pgbouncer_pools_client_waiting_connections{{{POOLS}}}": "4x40"},
        silent={
            f"pgbouncer_pools_client_waiting_connections{{{POOLS}}}": "0x40",
            'pgbouncer_pools_client_waiting_connections{namespace="shop",database="pgbouncer",'
            'pod="orders-pooler-6b8d9c7f4-m4k2p"}': "1x40",
            # That of another pooler, in front of a database of the same name.
            'pgbouncer_pools_client_waiting_connections{namespace="shop",database="shop",'
            'pod="other-pooler-6b8d9c7f4-m4k2p"}': "4x40",
        },
        says="4 clients of the pooler wait for a connection to the database",
    ),
    # The budget is half of 420; nine tenths of it are 189.
    "McpPooledConnectionsNearBudget": Case(
        fires={
            f"pgbouncer_pools_server_active_connections{{{POOLS}}}": "100x40",
            f"pgbouncer_pools_server_active_connections{{{OTHER_POOLS}}}": "85x40",
            **{
                f"pgbouncer_pools_server_{state}_connections{{{POOLS}}}": "1x40"
                for state in ("idle", "used", "testing", "login")
            },
            f"pgbouncer_pools_server_idle_connections{{{OTHER_POOLS}}}": "1x40",
        },
        silent={
            f"pgbouncer_pools_server_active_connections{{{POOLS}}}": "185x40",
            **{
                f"pgbouncer_pools_server_{state}_connections{{{POOLS}}}": "1x40"
                for state in ("idle", "used", "testing", "login")
            },
        },
        says="the poolers have 190 connections to the database, near what they may",
    ),
    "McpConnectionsNearBudget": Case(
        fires={'pg_stat_database_numbackends{datname="shop"}': "190x40"},
        silent={'pg_stat_database_numbackends{datname="shop"}': "189x40"},
        labels={"datname": "shop"},
        says="the database shop has 190 connections, near what the plan allows",
        stack="direct",
    ),
    "McpSecretNotSynced": Case(
        fires={
            f'externalsecret_status_condition{{{CONTROLLER},name="orders-secrets",condition="Ready",status="False"}}': (
                "1x40"
            )
        },
        silent={
            f'externalsecret_status_condition{{{CONTROLLER},name="orders-secrets",condition="Ready",status="False"}}': (
                "0x40"
            )
        },
        labels={"name": "orders-secrets"},
        # The operator tells of another one alone, or of none: it never looks at this one.
        fires_too=[
            {f'externalsecret_status_condition{{{CONTROLLER},name="other",condition="Ready",status="True"}}': "1x40"},
            {},
        ],
        # With the labels as they are, and the word of one that is filled.
        silent_too=[
            {f"externalsecret_status_condition{{{FILLED}}}": "1x40"},
        ],
        says="the Secret orders-secrets is not filled from its store",
    ),
    "McpCertificateNotReady": Case(
        fires={
            'certmanager_certificate_ready_status{namespace="shop",name="orders-tls",condition="True"}': "0x40",
        },
        silent={
            'certmanager_certificate_ready_status{namespace="shop",name="orders-tls",condition="True"}': "1x40",
        },
        labels={"name": "orders-tls"},
        # Nothing made a Certificate of that name.
        fires_too=[
            {'certmanager_certificate_ready_status{namespace="shop",name="other-tls",condition="True"}': "1x40"}
        ],
        silent_too=[
            {f'certmanager_certificate_ready_status{{{CONTROLLER},name="orders-tls",condition="True"}}': "1x40"}
        ],
        says="the certificate orders-tls is not ready",
    ),
    "McpQuotaNear": Case(
        fires={
            'kube_resourcequota{namespace="shop",resource="pods",type="used"}': "19x40",
            'kube_resourcequota{namespace="shop",resource="pods",type="hard"}': "20x40",
        },
        silent={
            'kube_resourcequota{namespace="shop",resource="pods",type="used"}': "18x40",
            'kube_resourcequota{namespace="shop",resource="pods",type="hard"}': "20x40",
        },
        labels={"resource": "pods"},
        says="95% of the quota of pods is used",
        # The platform's own quota beside it has room, or is the one that binds.
        fires_too=[
            {
                f'kube_resourcequota{{{QUOTA},resourcequota="{name}",type="{kind}"}}': f"{count}x40"
                for name, kind, count in (
                    ("own", "used", 19),
                    ("own", "hard", 40),
                    ("platform", "used", 19),
                    ("platform", "hard", 20),
                )
            },
        ],
    ),
}


def revisions(old: int, new: int) -> dict[str, str]:
    """Ready pods of two revisions that want two each."""
    named = {"5d4f8b9c7": old, "7c6d5e4f3": new}
    ready = {
        f'kube_replicaset_status_ready_replicas{{namespace="shop-west",replicaset="orders-{name}"}}': f"{count}x40"
        for name, count in named.items()
    }
    wanted = {
        f'kube_replicaset_spec_replicas{{namespace="shop-west",replicaset="orders-{name}"}}': "2x40" for name in named
    }
    return {**ready, **wanted}


SLICE = 'namespace="shop-west",endpointslice="orders-x7k2p"'
OTHER_SLICE = 'namespace="shop-west",endpointslice="orders-preview-m4n8q"'
ENDPOINTS = 'namespace="shop-west",endpoint="orders"'
OTHER_ENDPOINTS = 'namespace="shop-west",endpoint="orders-preview"'
STATEFUL = 'namespace="shop-eu",statefulset="orders"'

UPDATE, ENDPOINT = "kube_statefulset_status_update_revision", "kube_endpointslice_endpoints"
STATEFUL_PROBED, REVISED_PROBED = (f'{PROBE},region="{region}",watcher="a"' for region in ("eu-west", "us-west"))
MADE = 'kube_replicaset_created{namespace="shop-west",replicaset="orders-7c6d5e4f3"}'


def updates(old: str, minutes: int, new: str) -> dict[str, str]:
    """A StatefulSet whose pods are to be of another revision after so many minutes."""
    return {
        f'{UPDATE}{{{STATEFUL},revision="{old}"}}': f"1x{minutes - 1} _x{260 - minutes}",
        f'{UPDATE}{{{STATEFUL},revision="{new}"}}': f"_x{minutes} 1x{260 - minutes}",
    }


def serving(minutes: int) -> dict[str, str]:
    """A Rollout whose Service leads to another revision after so many minutes."""
    old, new = (f'{ENDPOINT}{{{SLICE},ready="true",targetref_name="orders-{name}-x2x9z"}}' for name in REVISIONS)
    later = {new: f"_x{minutes} 1x{260 - minutes}"} if minutes < 260 else {}
    return {f"kube_endpointslice_info{{{SLICE}}}": "1x260", old: f"1x{min(minutes, 260) - 1} _x5", **later}


REVISIONS = ("5d4f8b9c7", "7c6d5e4f3")
SWITCHED_PROBED = f'{PROBE},region="us-south",watcher="a"'
GREEN_MADE = 'kube_replicaset_created{namespace="shop-south",replicaset="orders-green-5d4f8b9c7"}'
ACTIVE = 'server:mcp_colour_active:info{namespace="shop-south",region="us-south"'


def switched(minutes: int) -> dict[str, str]:
    """Two colours of which the rules know another one as active after so many minutes."""
    return {
        f'{ACTIVE},server="orders"}}': f"1x{minutes - 1} _x{260 - minutes}",
        f'{ACTIVE},server="orders-green"}}': f"_x{minutes} 1x{260 - minutes}",
    }


VARIANTS: Sequence[tuple[str, Case]] = (
    # The server itself takes 38, so that no pod ever has the 41.8 above which the autoscaler would add one.
    (
        "McpSessionsNearCap",
        Case(
            fires={f"mcp_active_sse_connections{{{POD}}}": "38x40", **wanted(8)},
            silent={f"mcp_active_sse_connections{{{POD}}}": "38x40", **wanted(7)},
            silent_too=[
                {f"mcp_active_sse_connections{{{POD}}}": "34x40", **wanted(8)},
                {f"mcp_active_sse_connections{{{POD}}}": "38x40"},
            ],
            labels={"pod": "orders-5d4f8b9c7-x2x9z"},
            says="orders-5d4f8b9c7-x2x9z has 38 sessions, and bears hardly more",
        ),
    ),
    # The new revision is ready and waits for its promotion: nobody reaches it.
    (
        "McpNoReadyPods",
        Case(
            fires={
                **revisions(0, 2),
                f"kube_endpointslice_info{{{SLICE}}}": "1x40",
                f'kube_endpointslice_endpoints{{{SLICE},ready="false",address="10.0.0.1"}}': "1x40",
                f"kube_endpointslice_info{{{OTHER_SLICE}}}": "1x40",
                f'kube_endpointslice_endpoints{{{OTHER_SLICE},ready="true",address="10.0.0.2"}}': "1x40",
            },
            # The old one serves, and the new one is not ready yet.
            silent={
                **revisions(2, 0),
                f"kube_endpointslice_info{{{SLICE}}}": "1x40",
                f'kube_endpointslice_endpoints{{{SLICE},ready="true",address="10.0.0.1"}}': "1x40",
            },
            says="no pod of the server is ready",
            fires_too=[
                {
                    **revisions(0, 2),
                    f"kube_endpoint_info{{{ENDPOINTS}}}": "1x40",
                    f"kube_endpoint_info{{{OTHER_ENDPOINTS}}}": "1x40",
                    f'kube_endpoint_address{{{OTHER_ENDPOINTS},ready="true",ip="10.0.0.2"}}': "1x40",
                },
                # Neither is read: all revisions are counted.
                revisions(0, 0),
            ],
            silent_too=[
                {
                    **revisions(2, 0),
                    f"kube_endpoint_info{{{ENDPOINTS}}}": "1x40",
                    f'kube_endpoint_address{{{ENDPOINTS},ready="true",ip="10.0.0.1"}}': "1x40",
                },
                revisions(0, 2),
                # Nobody wants pods.
                {
                    f"kube_endpoint_info{{{ENDPOINTS}}}": "1x40",
                    'kube_replicaset_spec_replicas{namespace="shop-west",replicaset="orders-5d4f8b9c7"}': "0x40",
                },
            ],
            stack="revised",
        ),
    ),
    (
        "McpRolloutStalled",
        Case(
            fires={
                f"kube_statefulset_status_replicas{{{STATEFUL}}}": "3x60",
                f"kube_statefulset_status_replicas_updated{{{STATEFUL}}}": "3x10 1x50",
            },
            # One pod after the other, each within a quarter of an hour.
            silent={
                f"kube_statefulset_status_replicas{{{STATEFUL}}}": "3x60",
                f"kube_statefulset_status_replicas_updated{{{STATEFUL}}}": "3x5 0x14 1x14 2x14 3x20",
            },
            says="the rollout of the server makes no progress",
            silent_too=[
                # Two more are wanted, and the quota refuses them: there is no older revision.
                {
                    f"kube_statefulset_replicas{{{STATEFUL}}}": "3x5 5x55",
                    f"kube_statefulset_status_replicas{{{STATEFUL}}}": "3x60",
                    f"kube_statefulset_status_replicas_updated{{{STATEFUL}}}": "3x60",
                },
                {
                    f"kube_statefulset_status_replicas{{{STATEFUL}}}": "3x60",
                    f"kube_statefulset_status_replicas_updated{{{STATEFUL}}}": "3x60",
                },
            ],
            at="45m",
            stack="direct",
        ),
    ),
    (
        "McpLatencyStepAfterRollout",
        Case(
            fires={**slow("0.1x200", "0.2x60", STATEFUL_PROBED), **updates("a1", 200, "b2")},
            # The same step, and the revision is that of hours ago.
            silent={**slow("0.1x200", "0.2x60", STATEFUL_PROBED), **updates("a1", 90, "b2")},
            says="exchanges with orders are 2 times as slow since the rollout",
            silent_too=[
                # A revision without a step.
                {**slow("0.1x200", "0.14x60", STATEFUL_PROBED), **updates("a1", 200, "b2")},
                # kube-state-metrics itself is new.
                {**slow("0.1x200", "0.2x60", STATEFUL_PROBED), f'{UPDATE}{{{STATEFUL},revision="a1"}}': "_x200 1x60"},
            ],
            at="235m",
            stack="stateful",
        ),
    ),
    (
        "McpLatencyStepAfterRollout",
        Case(
            # The revision was made hours ago, and was promoted now.
            fires={**slow("0.1x200", "0.2x60", REVISED_PROBED), **serving(200), MADE: "300x260"},
            # It waits: nobody reaches it, and something else is slow.
            silent={**slow("0.1x200", "0.2x60", REVISED_PROBED), **serving(261), MADE: "11700x260"},
            says="exchanges with orders are 2 times as slow since the rollout",
            # Slices are not read: the ReplicaSet stands in.
            fires_too=[{**slow("0.1x200", "0.2x60", REVISED_PROBED), MADE: "11700x260"}],
            silent_too=[
                {**slow("0.1x200", "0.2x60", REVISED_PROBED), MADE: "300x260"},
                # Another pod of the same revision.
                {
                    **slow("0.1x200", "0.2x60", REVISED_PROBED),
                    **serving(261),
                    f'{ENDPOINT}{{{SLICE},ready="true",targetref_name="orders-5d4f8b9c7-k4m2p"}}': "_x200 1x60",
                },
            ],
            at="235m",
            stack="revised",
        ),
    ),
    (
        "McpLatencyStepAfterRollout",
        Case(
            # Green was made hours ago, and is switched to now.
            fires={**slow("0.1x200", "0.2x60", SWITCHED_PROBED), **switched(200), GREEN_MADE: "300x260"},
            # The same step hours after the switch.
            silent={**slow("0.1x200", "0.2x60", SWITCHED_PROBED), **switched(90), GREEN_MADE: "300x260"},
            says="exchanges with orders are 2 times as slow since the rollout",
            # Pods that start are a release of a colour too.
            fires_too=[{**slow("0.1x200", "0.2x60", SWITCHED_PROBED), **switched(90), GREEN_MADE: "11700x260"}],
            silent_too=[
                # A switch without a step.
                {**slow("0.1x200", "0.14x60", SWITCHED_PROBED), **switched(200), GREEN_MADE: "300x260"},
                # The rules are new, and not the colour.
                {**slow("0.1x200", "0.2x60", SWITCHED_PROBED), f'{ACTIVE},server="orders-green"}}': "_x200 1x60"},
            ],
            at="235m",
            stack="switched",
        ),
    ),
)
"""Alerts that watch another workload in another way than in their case."""
