"""The SecurityPolicies of Envoy Gateway beside a route: who may call through it. Pure."""

from __future__ import annotations

from ..kubernetes.objects import Spec
from . import cors
from .authorization import ASKED, OPEN, envoy_ext_auth
from .spec import EdgeSpec, route_reference

API_VERSION = "gateway.envoyproxy.io/v1alpha1"


def security_policies(edge: EdgeSpec) -> dict[str, Spec]:
    """The specs by the suffix of their resource; none where nobody is asked anything."""
    if edge.row.name != "envoy-gateway":
        return {}
    pages = _of_pages(edge)
    if edge.asked is None:
        return {"access": {"targetRefs": [route_reference(edge)], **pages}} if pages else {}
    asked = {**pages, "extAuth": envoy_ext_auth(edge.asked)}
    if not edge.parted:
        return {"access": {"targetRefs": [route_reference(edge)], **asked}}
    # The policy of a rule takes the place of the route's, so what concerns both stands in both.
    parts = {"access": {"targetRefs": [route_reference(edge, ASKED)], **asked}}
    return {**parts, **({"access-open": {"targetRefs": [route_reference(edge, OPEN)], **pages}} if pages else {})}


def _of_pages(edge: EdgeSpec) -> Spec:
    told = edge.cors
    if told is None:
        return {}
    spec: Spec = {"cors": cors.envoy_cors(told)} if told.origins else {}
    return {**spec, **({"authorization": cors.envoy_authorization(told)} if told.refuses else {})}
