"""The edge of an applied stack: its limits agree with those of the API."""

import json
import re
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from infra.conftest import Applied
from infra.terraform import ROOT, Json
from sightline_api.__main__ import KEEP_ALIVE_SECONDS
from sightline_api.problems import Problem, RateLimited, RequestTooLarge
from sightline_api.settings import ApiSettings

MAX_BYTES: int = ApiSettings.model_fields["max_request_bytes"].default

#: Sizes in bytes above which rules of AWS's common rule set block a request.
#: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
MANAGED_LIMITS = {"SizeRestrictions_BODY": 8_192, "SizeRestrictions_QUERYSTRING": 2_048}


class Request(NamedTuple):
    """The parts of a request that size rules inspect."""

    path: str
    body_bytes: int = 0
    query_bytes: int = 0


def test_servers_keep_idle_connections_longer_than_their_clients(applied: Applied) -> None:
    """A client that reuses a connection which its server is closing would get a 502."""
    balancers = applied.client("elbv2")
    (balancer,) = balancers.describe_load_balancers()["LoadBalancers"]
    attributes = {
        each["Key"]: each["Value"]
        for each in balancers.describe_load_balancer_attributes(
            LoadBalancerArn=balancer["LoadBalancerArn"]
        )["Attributes"]
    }
    idle_seconds = int(attributes["idle_timeout.timeout_seconds"])
    origins = _distribution(applied)["Origins"]["Items"]
    (vpc,) = [each["VpcOriginConfig"] for each in origins if "VpcOriginConfig" in each]
    assert int(vpc["OriginKeepaliveTimeout"]) < idle_seconds < KEEP_ALIVE_SECONDS
    heartbeat: float = ApiSettings.model_fields["events_heartbeat_seconds"].default
    assert heartbeat < int(vpc["OriginReadTimeout"]) < idle_seconds


def _distribution(applied: Applied) -> Json:
    cloudfront = applied.client("cloudfront", "us-east-1")
    config: Json = cloudfront.get_distribution(Id=applied.outputs["distribution_id"])
    distribution: Json = config["Distribution"]["DistributionConfig"]
    return distribution


@pytest.fixture(scope="module")
def web_acl(applied: Applied) -> Json:
    firewall = applied.client("wafv2", "us-east-1")
    (summary,) = firewall.list_web_acls(Scope="CLOUDFRONT")["WebACLs"]
    acl: Json = firewall.get_web_acl(Scope="CLOUDFRONT", Name=summary["Name"], Id=summary["Id"])
    document: Json = acl["WebACL"]
    return document


def test_firewall_passes_the_largest_valid_requests(web_acl: Json) -> None:
    """The largest batch of uploads and the largest search exceed AWS's limits, but not ours."""
    document = json.loads((ROOT / "openapi.json").read_text())
    batch = json.dumps(_largest(document, {"$ref": "#/components/schemas/ImageUploadBatch"}))
    size = len(batch.encode())
    assert MANAGED_LIMITS["SizeRestrictions_BODY"] < size < MAX_BYTES
    assert _blocking_rules(web_acl, Request("/v1/images/batch", body_bytes=size)) == []
    query = len(_largest_query(document))
    assert query > MANAGED_LIMITS["SizeRestrictions_QUERYSTRING"]
    assert _blocking_rules(web_acl, Request("/v1/images", query_bytes=query)) == []


def _largest(document: Json, schema: Json) -> Any:
    """Return a value of the schema that takes as much space as its limits permit."""
    if "$ref" in schema:
        return _largest(document, document["components"]["schemas"][schema["$ref"].split("/")[-1]])
    if "anyOf" in schema:
        values = [_largest(document, each) for each in schema["anyOf"]]
        return max(values, key=lambda value: len(json.dumps(value)))
    if "enum" in schema:
        return max(schema["enum"], key=len)
    match schema["type"]:
        case "object":
            properties: Json = schema["properties"]
            return {name: _largest(document, each) for name, each in properties.items()}
        case "array":
            return [_largest(document, schema["items"])] * schema.get("maxItems", 1)
        case "string":
            # json.dumps escapes each as 12 characters.
            return "\N{CAMERA WITH FLASH}" * schema.get("maxLength", 0)
        case "integer":
            return schema.get("maximum", 2**31 - 1)
    return None


def _largest_query(document: Json) -> str:
    parameters = document["paths"]["/v1/images"]["get"]["parameters"]
    return "&".join(
        f"{parameter['name']}={quote(str(value))}"
        for parameter in parameters
        if parameter["in"] == "query"
        for value in _as_list(_largest(document, parameter["schema"]))
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("size", [MAX_BYTES - 1, MAX_BYTES])
def test_firewall_passes_bodies_up_to_the_limit_of_the_api(web_acl: Json, size: int) -> None:
    """The size rule does not block what the API accepts."""
    assert _blocking_rules(web_acl, Request("/v1/images/batch", body_bytes=size)) == []


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 1_048_580, 1_099_999, 2 * 10**6, 10**7, 10**12])
def test_firewall_blocks_bodies_above_the_limit_of_the_api(web_acl: Json, size: int) -> None:
    """The size rule blocks larger bodies of API requests, and no others."""
    assert _blocking_rules(web_acl, Request("/v1/images/batch", body_bytes=size)) == ["body-size"]
    assert _blocking_rules(web_acl, Request("/", body_bytes=size)) == []


def _blocking_rules(web_acl: Json, request: Request) -> list[str]:
    """Return the names of the size rules that block the request."""
    blocking = []
    for rule in web_acl["Rules"]:
        statement = rule["Statement"]
        if group := statement.get("ManagedRuleGroupStatement"):
            if group["Name"] == "AWSManagedRulesCommonRuleSet":
                blocking += _blocking_managed_rules(group, request)
        elif "RateBasedStatement" not in statement and _matches(statement, request):
            blocking.append(rule["Name"])
    return blocking


def _blocking_managed_rules(group: Json, request: Request) -> list[str]:
    counted = {
        override["Name"]
        for override in group.get("RuleActionOverrides", [])
        if "Count" in override["ActionToUse"]
    }
    sizes = {
        "SizeRestrictions_BODY": request.body_bytes,
        "SizeRestrictions_QUERYSTRING": request.query_bytes,
    }
    return [
        name
        for name, limit in MANAGED_LIMITS.items()
        if name not in counted and sizes[name] > limit
    ]


def _matches(statement: Json, request: Request) -> bool:
    """Evaluate a statement as AWS WAF does; only those that the size rule uses."""
    ((kind, body),) = statement.items()
    match kind:
        case "AndStatement":
            return all(_matches(each, request) for each in body["Statements"])
        case "ByteMatchStatement":
            assert body["FieldToMatch"] == {"UriPath": {}}
            assert body["PositionalConstraint"] == "STARTS_WITH"
            return request.path.startswith(_search_string(body))
        case "RegexMatchStatement":
            assert body["FieldToMatch"] == {"SingleHeader": {"Name": "content-length"}}
            # AWS WAF supports at most 512 characters.
            assert len(body["RegexString"]) <= 512
            return re.search(body["RegexString"], str(request.body_bytes)) is not None
    raise AssertionError(f"unsupported statement: {kind}")


def _search_string(statement: Json) -> str:
    text = statement["SearchString"]
    # moto returns the representation of the bytes.
    return text.decode() if isinstance(text, bytes) else str(text).removeprefix("b").strip("'")


def test_rate_rule_counts_api_requests_only(web_acl: Json) -> None:
    """Loading a page of renditions does not use up the rate limit."""
    (rate,) = [
        rule["Statement"]["RateBasedStatement"]
        for rule in web_acl["Rules"]
        if "RateBasedStatement" in rule["Statement"]
    ]
    scope = rate["ScopeDownStatement"]
    assert _matches(scope, Request("/v1/images"))
    assert not _matches(scope, Request("/renditions/owner/image/256.webp"))


@pytest.mark.parametrize("problem", [RequestTooLarge(), RateLimited(300)])
def test_blocked_requests_get_the_problem_of_the_api(web_acl: Json, problem: Problem) -> None:
    """A client can handle a rejection of the firewall as one of the API."""
    (response,) = [
        json.loads(body["Content"])
        for name, body in web_acl["CustomResponseBodies"].items()
        if name == problem.code
    ]
    assert response["type"] == f"urn:sightline:problem:{problem.code}"
    assert (response["status"], response["code"]) == (problem.status, problem.code)
    assert response["detail"] == problem.detail


def test_cloudfront_revalidates_renditions_within_minutes(applied: Applied) -> None:
    """The TTL overrides `Cache-Control: private`, and limits how long a deletion is ineffective."""
    (behavior,) = [
        each
        for each in _distribution(applied)["CacheBehaviors"]["Items"]
        if each["PathPattern"] == "/renditions/*"
    ]
    policy = applied.client("cloudfront", "us-east-1").get_cache_policy(
        Id=behavior["CachePolicyId"]
    )["CachePolicy"]["CachePolicyConfig"]
    # With a minimum TTL above zero, CloudFront caches objects that are private for that time.
    assert 60 <= policy["MinTTL"] == policy["DefaultTTL"] == policy["MaxTTL"] <= 600
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"]["QueryStringBehavior"] == "none"
    assert behavior["TrustedKeyGroups"]["Enabled"]
