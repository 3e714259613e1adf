"""A stand-in for AWS that Terraform can apply to: moto, with what it lacks for this stack put in.

    python tests/infra/cloud.py PORT

It listens on loopback and keeps everything in memory. What is put in here echoes what was written:
enough for Terraform to find its resources again as it left them, and no more.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

# Roles refer to policies that AWS itself keeps.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.apigateway.models import RestAPI
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.budgets.responses import BudgetsResponse
from moto.cloudfront import urls as cloudfront_urls
from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.s3.models import FakeBucket
from moto.server import main
from moto.sqs.models import Queue, SQSBackend

Json = dict[str, Any]

ACCOUNT = "123456789012"

_serial = count(1)


def put(owner: Any, **parts: Any) -> None:
    """Give one of moto's classes these methods in place of its own, if it had any."""
    for name, part in parts.items():
        setattr(owner, name, part)


def refuse_what_is_missing() -> None:
    """Answer 400 where moto answers 500: the provider would try again for ten minutes."""
    call = BaseResponse.call_action

    def call_action(self: Any) -> Any:
        try:
            return call(self)
        except NotImplementedError as error:
            body = {"__type": "NotImplementedByStandIn", "message": str(error)}
            return 400, {"x-amzn-errortype": body["__type"]}, json.dumps(body)

    put(BaseResponse, call_action=call_action)


def keep_queue_attributes() -> None:
    """Three of them: who may redrive here, the policy, and the redrive policy as AWS writes it."""
    attributes = vars(Queue)["attributes"].fget
    set_attributes = Queue._set_attributes
    get_queue_attributes = SQSBackend.get_queue_attributes

    def read(self: Any) -> Json:
        values: Json = attributes(self)
        if values.get("RedrivePolicy"):
            redrive = json.loads(values["RedrivePolicy"])
            values["RedrivePolicy"] = json.dumps(redrive, separators=(",", ":"))
        return values

    def write(self: Any, attributes: Json, now: float | None = None) -> None:
        policy = getattr(self, "policy", None)
        set_attributes(self, attributes, now)
        if "Policy" not in attributes:
            self.policy = policy

    def answer(self: Any, queue_name: str, attribute_names: list[str]) -> Json:
        asked = [name for name in attribute_names if name != "RedriveAllowPolicy"]
        values: Json = get_queue_attributes(self, queue_name, asked) if asked else {}
        kept = getattr(self.get_queue(queue_name), "redrive_allow_policy", None)
        if kept and ("RedriveAllowPolicy" in attribute_names or "All" in attribute_names):
            text = kept if isinstance(kept, str) else json.dumps(kept, separators=(",", ":"))
            values["RedriveAllowPolicy"] = text
        return values

    put(Queue, attributes=property(read))
    put(Queue, _set_attributes=write)
    put(SQSBackend, get_queue_attributes=answer)


def keep_scaling_tags() -> None:
    tags: dict[str, dict[str, str]] = {}

    def tag_resource(self: Any) -> Any:
        tags.setdefault(self._get_param("ResourceARN"), {}).update(self._get_param("Tags"))
        return EmptyResult()

    def list_tags_for_resource(self: Any) -> Any:
        return ActionResult({"Tags": tags.get(self._get_param("ResourceARN"), {})})

    register = ApplicationAutoScalingResponse.register_scalable_target

    def register_scalable_target(self: Any) -> Any:
        answer = register(self)
        arn = json.loads(answer)["ScalableTargetARN"]
        tags.setdefault(arn, {}).update(self._get_param("Tags") or {})
        return answer

    put(ApplicationAutoScalingResponse, register_scalable_target=register_scalable_target)
    put(ApplicationAutoScalingResponse, tag_resource=tag_resource)
    put(ApplicationAutoScalingResponse, list_tags_for_resource=list_tags_for_resource)


def keep_budgets() -> None:
    """Who is told of a budget, and its tags."""

    def find(self: Any) -> list[Json]:
        wanted = self._get_param("Notification")
        budgets = self.backend.budgets[self._get_param("AccountId")]
        for entry in budgets[self._get_param("BudgetName")].notifications:
            if all(entry.details.get(name) == value for name, value in wanted.items()):
                found: list[Json] = entry.subscribers
                return found
        return []

    def describe_subscribers(self: Any) -> str:
        return json.dumps({"Subscribers": find(self)})

    create = BudgetsResponse.create_budget
    tags: list[Json] = []

    def create_budget(self: Any) -> Any:
        tags[:] = self._get_param("ResourceTags") or []
        return create(self)

    def list_tags(self: Any) -> str:
        return json.dumps({"ResourceTags": tags})

    put(BudgetsResponse, create_budget=create_budget)
    put(BudgetsResponse, describe_subscribers_for_notification=describe_subscribers)
    put(BudgetsResponse, list_tags_for_resource=list_tags)


def read_log_permissions() -> None:
    """A policy may let logs in below a folder; moto knows whole buckets alone."""

    def allows(target_bucket: Any, target_prefix: str | None) -> bool:
        if not target_bucket.policy:
            return False
        resource = f"arn:aws:s3:::{target_bucket.name}/{target_prefix or ''}"
        return any(
            statement["Effect"] == "Allow"
            and statement["Principal"].get("Service") == "logging.s3.amazonaws.com"
            and fnmatchcase(resource, statement["Resource"])
            for statement in json.loads(target_bucket.policy)["Statement"]
            if isinstance(statement["Resource"], str)
        )

    put(FakeBucket, _log_permissions_enabled_policy=staticmethod(allows))


def skip_conditional_statements() -> None:
    """moto takes a condition for one that is met, and would refuse all for coming without TLS."""
    judge = IAMPolicyStatement.is_action_permitted

    def judge_unconditional(self: Any, *arguments: Any, **named: Any) -> Any:
        if "Condition" in self._statement:
            return PermissionResult.NEUTRAL
        return judge(self, *arguments, **named)

    put(IAMPolicyStatement, is_action_permitted=judge_unconditional)


def escape_api_policies() -> None:
    """API Gateway answers a policy as the inside of a JSON string."""
    to_dict = RestAPI.to_dict

    def escaped(self: Any) -> Json:
        values: Json = to_dict(self)
        if values.get("policy"):
            values["policy"] = json.dumps(values["policy"])[1:-1]
        return values

    put(RestAPI, to_dict=escaped)


def keep_rule_descriptions() -> None:
    """Of rules of security groups whose other side is a group or a list of addresses."""
    make = SecurityGroupRule.__init__

    def init(self: Any, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        sides = (self.ip_range, self.source_group, named.get("prefix_list_id") or {})
        self.kept_description = next(
            (side["Description"] for side in sides if side.get("Description")), None
        )

    put(SecurityGroupRule, __init__=init)
    put(SecurityGroupRule, description=property(lambda rule: rule.kept_description))


def keep_service_options() -> None:
    """What ECS is told of a service beyond what moto reads."""
    create = EC2ContainerServiceResponse.create_service

    def create_service(self: Any) -> Any:
        answer = create(self)
        service: Any = vars(answer)["_result"]["service"]
        service.capacity_provider_strategy = self._get_param("capacityProviderStrategy")
        service.availability_zone_rebalancing = self._get_param("availabilityZoneRebalancing")
        service.health_check_grace_period_seconds = self._get_param("healthCheckGracePeriodSeconds")
        service.enable_execute_command = self._get_param("enableExecuteCommand")
        service.deployment_configuration = self._get_param("deploymentConfiguration")
        service.launch_type = None
        return answer

    put(EC2ContainerServiceResponse, create_service=create_service)


class Kind:
    """One kind of thing of CloudFront: what is written is what is read."""

    def __init__(
        self, name: str, config: str, more: Callable[[str], Json], missing: str | None = None
    ) -> None:
        self.name = name
        self.config = config
        self.more = more
        self.missing = missing or f"NoSuch{name}"
        self.kept: dict[str, Json] = {}

    def create(self, config: Json) -> Json:
        key = f"E{next(_serial):013}"
        self.kept[key] = {"Id": key, **self.more(key), self.config: config}
        return self.answer(key)

    def answer(self, key: str) -> Json:
        if key not in self.kept:
            raise CloudFrontException(self.missing, "It is not here.")
        return {self.name: self.kept[key], "ETag": f"tag-{key}", "Location": f"/{key}"}

    def update(self, key: str, config: Json) -> Json:
        self.answer(key)
        self.kept[key][self.config] = config
        return self.answer(key)

    def delete(self, key: str) -> None:
        self.answer(key)
        del self.kept[key]


def _now() -> datetime:
    return datetime.now(UTC)


def _describe_distribution(key: str) -> Json:
    return {
        "ARN": f"arn:aws:cloudfront::{ACCOUNT}:distribution/{key}",
        "Status": "Deployed",
        "LastModifiedTime": _now(),
        "InProgressInvalidationBatches": 0,
        "DomainName": f"{key.lower()}.cloudfront.net",
        "ActiveTrustedSigners": {"Enabled": False, "Quantity": 0},
        "ActiveTrustedKeyGroups": {"Enabled": False, "Quantity": 0},
    }


def _describe_vpc_origin(key: str) -> Json:
    return {
        "Arn": f"arn:aws:cloudfront::{ACCOUNT}:vpcorigin/{key}",
        "Status": "Deployed",
        "CreatedTime": _now(),
        "LastModifiedTime": _now(),
    }


def _describe_headers_policy(key: str) -> Json:
    return {"LastModifiedTime": _now()}


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


def keep_kind(kind: Kind) -> None:
    """Give CloudFront the five operations that Terraform uses on one kind of thing."""
    name = _snake(kind.name)

    def create(self: Any) -> Any:
        return ActionResult(kind.create(self._get_param(kind.config)))

    def get(self: Any) -> Any:
        return ActionResult(kind.answer(self._get_param("Id")))

    def get_config(self: Any) -> Any:
        answer = kind.answer(self._get_param("Id"))
        return ActionResult({kind.config: answer[kind.name][kind.config], "ETag": answer["ETag"]})

    def update(self: Any) -> Any:
        return ActionResult(kind.update(self._get_param("Id"), self._get_param(kind.config)))

    def delete(self: Any) -> Any:
        kind.delete(self._get_param("Id"))
        return EmptyResult()

    for verb, operation in {
        "create": create,
        "get": get,
        "update": update,
        "delete": delete,
    }.items():
        setattr(CloudFrontResponse, f"{verb}_{name}", operation)
    setattr(CloudFrontResponse, f"get_{name}_config", get_config)


def keep_cloudfront() -> None:
    """Whole configurations: moto's own distribution drops what it does not know."""
    distributions = Kind("Distribution", "DistributionConfig", _describe_distribution)
    headers = Kind("ResponseHeadersPolicy", "ResponseHeadersPolicyConfig", _describe_headers_policy)
    origins = Kind("VpcOrigin", "VpcOriginEndpointConfig", _describe_vpc_origin, "EntityNotFound")
    keys = Kind("PublicKey", "PublicKeyConfig", lambda _: {"CreatedTime": _now()})
    groups = Kind(
        "KeyGroup", "KeyGroupConfig", lambda _: {"LastModifiedTime": _now()}, "NoSuchResource"
    )
    for kind in (distributions, headers, origins, keys, groups):
        keep_kind(kind)

    def create_with_tags(self: Any) -> Any:
        asked = self._get_param("DistributionConfigWithTags")
        for name in ("Aliases", "CacheBehaviors", "CustomErrorResponses", "OriginGroups"):
            asked["DistributionConfig"].setdefault(name, {"Quantity": 0})
        asked["DistributionConfig"].setdefault("Logging", {"Enabled": False})
        answer = distributions.create(asked["DistributionConfig"])
        tags = {tag["Key"]: tag.get("Value") for tag in asked["Tags"].get("Items", [])}
        self.backend.tag_resource(answer["Distribution"]["ARN"], tags)
        return ActionResult(answer)

    def publish_function(self: Any) -> Any:
        function = self.backend.get_function(name=self._get_param("Name"))
        return ActionResult({"FunctionSummary": function.function_summary})

    def update_function(self: Any) -> Any:
        function = self.backend.get_function(name=self._get_param("Name"))
        function.config = self._get_param("FunctionConfig")
        function.code = self._get_param("FunctionCode")
        return ActionResult({"FunctionSummary": function.function_summary, "ETag": function.etag})

    create_origin = vars(CloudFrontResponse)["create_vpc_origin"]

    def create_vpc_origin(self: Any) -> Any:
        answer = create_origin(self)
        tags = (self._get_param("Tags") or {}).get("Items", [])
        self.backend.tag_resource(
            answer.result["VpcOrigin"]["Arn"], {tag["Key"]: tag.get("Value") for tag in tags}
        )
        return answer

    put(CloudFrontResponse, create_vpc_origin=create_vpc_origin)
    put(CloudFrontResponse, create_distribution_with_tags=create_with_tags)
    put(CloudFrontResponse, publish_function=publish_function)
    put(CloudFrontResponse, update_function=update_function)
    for path in (
        "response-headers-policy$",
        "response-headers-policy/(?P<policy_id>[^/]+)$",
        "response-headers-policy/(?P<policy_id>[^/]+)/config$",
        "vpc-origin$",
        "vpc-origin/(?P<origin_id>[^/]+)$",
        "function/(?P<function_name>[^/]+)/publish$",
    ):
        cloudfront_urls.url_paths[f"{{0}}/2020-05-31/{path}"] = CloudFrontResponse.dispatch


if __name__ == "__main__":
    refuse_what_is_missing()
    keep_queue_attributes()
    keep_scaling_tags()
    keep_budgets()
    keep_cloudfront()
    keep_rule_descriptions()
    keep_service_options()
    read_log_permissions()
    skip_conditional_statements()
    escape_api_policies()
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
