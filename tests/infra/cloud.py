"""An AWS emulator that Terraform can apply to: moto with patches for operations that it lacks.

    python tests/infra/cloud.py PORT

It listens on the loopback interface and keeps all state in memory. The patches return what was
written: just enough for Terraform to read its resources back unchanged.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import count
from typing import Any
from uuid import uuid4

# Roles refer to AWS managed policies.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.apigateway.models import RestAPI
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.athena.responses import AthenaResponse
from moto.awslambda.models import LambdaFunction
from moto.budgets.responses import BudgetsResponse
from moto.cloudfront import urls as cloudfront_urls
from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.responses import CloudFrontResponse
from moto.cloudwatch.responses import CloudWatchResponse
from moto.codebuild import responses as codebuild
from moto.codedeploy.responses import CodeDeployResponse
from moto.codepipeline.models import CodePipeline
from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.glue.models import GlueBackend
from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.logs.responses import LogsResponse
from moto.s3.models import FakeBucket
from moto.server import main
from moto.sqs.models import Queue, SQSBackend

Json = dict[str, Any]

ACCOUNT = "123456789012"

_serial = count(1)


def patch(owner: Any, **attributes: Any) -> None:
    """Set attributes of a moto class, replacing existing ones."""
    for name, attribute in attributes.items():
        setattr(owner, name, attribute)


def reject_unsupported_operations() -> None:
    """Return 400 where moto returns 500, which the provider would retry for ten minutes."""
    call = BaseResponse.call_action

    def call_action(self: Any) -> Any:
        try:
            return call(self)
        except NotImplementedError as error:
            body = {"__type": "NotImplementedByEmulator", "message": str(error)}
            return 400, {"x-amzn-errortype": body["__type"]}, json.dumps(body)

    patch(BaseResponse, call_action=call_action)


def store_queue_attributes() -> None:
    """Store the redrive allow policy and the policy, and format the redrive policy as AWS does."""
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

    def get_attributes(self: Any, queue_name: str, attribute_names: list[str]) -> Json:
        supported = [name for name in attribute_names if name != "RedriveAllowPolicy"]
        values: Json = get_queue_attributes(self, queue_name, supported) if supported else {}
        policy = getattr(self.get_queue(queue_name), "redrive_allow_policy", None)
        if policy and ("RedriveAllowPolicy" in attribute_names or "All" in attribute_names):
            text = policy if isinstance(policy, str) else json.dumps(policy, separators=(",", ":"))
            values["RedriveAllowPolicy"] = text
        return values

    patch(Queue, attributes=property(read))
    patch(Queue, _set_attributes=write)
    patch(SQSBackend, get_queue_attributes=get_attributes)


def store_scaling_tags() -> None:
    """Store the tags of scalable targets."""
    tags: dict[str, dict[str, str]] = {}

    def tag_resource(self: Any) -> Any:
        tags.setdefault(self._get_param("ResourceARN"), {}).update(self._get_param("Tags"))
        return EmptyResult()

    def list_tags_for_resource(self: Any) -> Any:
        return ActionResult({"Tags": tags.get(self._get_param("ResourceARN"), {})})

    register = ApplicationAutoScalingResponse.register_scalable_target

    def register_scalable_target(self: Any) -> Any:
        response = register(self)
        arn = json.loads(response)["ScalableTargetARN"]
        tags.setdefault(arn, {}).update(self._get_param("Tags") or {})
        return response

    patch(ApplicationAutoScalingResponse, register_scalable_target=register_scalable_target)
    patch(ApplicationAutoScalingResponse, tag_resource=tag_resource)
    patch(ApplicationAutoScalingResponse, list_tags_for_resource=list_tags_for_resource)


def store_budget_subscribers() -> None:
    """Return the subscribers and the tags of budgets."""

    def find_subscribers(self: Any) -> list[Json]:
        notification = self._get_param("Notification")
        budgets = self.backend.budgets[self._get_param("AccountId")]
        for entry in budgets[self._get_param("BudgetName")].notifications:
            if all(entry.details.get(name) == value for name, value in notification.items()):
                subscribers: list[Json] = entry.subscribers
                return subscribers
        return []

    def describe_subscribers(self: Any) -> str:
        return json.dumps({"Subscribers": find_subscribers(self)})

    create = BudgetsResponse.create_budget
    tags: list[Json] = []

    def create_budget(self: Any) -> Any:
        tags[:] = self._get_param("ResourceTags") or []
        return create(self)

    def list_tags(self: Any) -> str:
        return json.dumps({"ResourceTags": tags})

    patch(BudgetsResponse, create_budget=create_budget)
    patch(BudgetsResponse, describe_subscribers_for_notification=describe_subscribers)
    patch(BudgetsResponse, list_tags_for_resource=list_tags)


def support_log_prefixes() -> None:
    """Support bucket policies that allow log delivery to a prefix; moto supports whole buckets."""

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

    patch(FakeBucket, _log_permissions_enabled_policy=staticmethod(allows))


def skip_conditional_statements() -> None:
    """Ignore statements with conditions: moto takes them as met, and would deny all plain HTTP."""
    is_action_permitted = IAMPolicyStatement.is_action_permitted

    def is_permitted_unconditionally(self: Any, *args: Any, **kwargs: Any) -> Any:
        if "Condition" in self._statement:
            return PermissionResult.NEUTRAL
        return is_action_permitted(self, *args, **kwargs)

    patch(IAMPolicyStatement, is_action_permitted=is_permitted_unconditionally)


def escape_api_policies() -> None:
    """Escape API policies as API Gateway does: without the quotes of the JSON string."""
    to_dict = RestAPI.to_dict

    def escaped(self: Any) -> Json:
        values: Json = to_dict(self)
        if values.get("policy"):
            values["policy"] = json.dumps(values["policy"])[1:-1]
        return values

    patch(RestAPI, to_dict=escaped)


def support_deletion_of_analytics() -> None:
    """Delete the saved queries of Athena, and the tags of deleted Glue databases."""

    def delete_named_query(self: Any) -> str:
        del self.athena_backend.named_queries[self._get_param("NamedQueryId")]
        return "{}"

    delete = GlueBackend.delete_database

    def delete_database(self: Any, database_name: str) -> None:
        delete(self, database_name)
        for arn in [arn for arn in self.tagger.tags if arn.endswith(f":database/{database_name}")]:
            self.tagger.delete_all_tags_for_resource(arn)

    patch(AthenaResponse, delete_named_query=delete_named_query)
    patch(GlueBackend, delete_database=delete_database)


def store_rule_descriptions() -> None:
    """Store the descriptions of rules that refer to a security group or a prefix list."""
    original_init = SecurityGroupRule.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original_init(self, *args, **kwargs)
        peers = (self.ip_range, self.source_group, kwargs.get("prefix_list_id") or {})
        self.stored_description = next(
            (peer["Description"] for peer in peers if peer.get("Description")), None
        )

    patch(SecurityGroupRule, __init__=init)
    patch(SecurityGroupRule, description=property(lambda rule: rule.stored_description))


def store_service_options() -> None:
    """Store the options of ECS services that moto ignores."""
    create = EC2ContainerServiceResponse.create_service

    def create_service(self: Any) -> Any:
        response = create(self)
        service: Any = vars(response)["_result"]["service"]
        service.capacity_provider_strategy = self._get_param("capacityProviderStrategy")
        service.availability_zone_rebalancing = self._get_param("availabilityZoneRebalancing")
        service.health_check_grace_period_seconds = self._get_param("healthCheckGracePeriodSeconds")
        service.enable_execute_command = self._get_param("enableExecuteCommand")
        service.deployment_configuration = self._get_param("deploymentConfiguration")
        service.launch_type = None
        return response

    patch(EC2ContainerServiceResponse, create_service=create_service)


def store_logging_configurations() -> None:
    """Store the logging configuration of Lambda functions."""
    original_init, get_configuration = LambdaFunction.__init__, LambdaFunction.get_configuration

    def init(self: Any, account_id: str, spec: Json, *args: Any, **kwargs: Any) -> None:
        original_init(self, account_id, spec, *args, **kwargs)
        self.logging_config = spec.get("LoggingConfig")

    def configuration(self: Any, *args: Any, **kwargs: Any) -> Json:
        values: Json = get_configuration(self, *args, **kwargs)
        return {**values, "LoggingConfig": self.logging_config} if self.logging_config else values

    patch(LambdaFunction, __init__=init, get_configuration=configuration)


def support_codedeploy() -> None:
    """Store complete deployment groups, and delete them and applications."""
    groups: dict[tuple[str, str], Json] = {}
    create_application = CodeDeployResponse.create_application

    def create(self: Any) -> Any:
        # The provider sends null for an application without tags.
        if self._get_param("tags") is None:
            json_body = json.loads(self.body)
            self.body = json.dumps({**json_body, "tags": []})
        return create_application(self)

    def key(self: Any, name: str = "deploymentGroupName") -> tuple[str, str]:
        return self._get_param("applicationName"), self._get_param(name)

    def create_group(self: Any) -> str:
        request = json.loads(self.body)
        tags = request.pop("tags", None) or []
        group = {"deploymentGroupId": str(uuid4()), "computePlatform": "ECS", **request}
        groups[key(self)] = group
        self.codedeploy_backend.tagger.tag_resource(
            f"arn:aws:codedeploy:{self.region}:{ACCOUNT}:deploymentgroup:{'/'.join(key(self))}",
            tags,
        )
        return json.dumps({"deploymentGroupId": group["deploymentGroupId"]})

    def get_group(self: Any) -> Any:
        if key(self) not in groups:
            error = {"__type": "DeploymentGroupDoesNotExistException", "message": "no group"}
            return 400, {"x-amzn-errortype": error["__type"]}, json.dumps(error)
        return json.dumps({"deploymentGroupInfo": groups[key(self)]})

    def list_groups(self: Any) -> str:
        application = self._get_param("applicationName")
        found = [name for owner, name in groups if owner == application]
        return json.dumps({"applicationName": application, "deploymentGroups": found})

    def update_group(self: Any) -> str:
        groups[key(self, "currentDeploymentGroupName")].update(json.loads(self.body))
        return json.dumps({})

    def delete_group(self: Any) -> str:
        groups.pop(key(self), None)
        return json.dumps({})

    def delete_application(self: Any) -> str:
        self.codedeploy_backend.applications.pop(self._get_param("applicationName"), None)
        return json.dumps({})

    patch(CodeDeployResponse, create_application=create, delete_application=delete_application)
    patch(CodeDeployResponse, create_deployment_group=create_group, get_deployment_group=get_group)
    patch(CodeDeployResponse, list_deployment_groups=list_groups)
    patch(CodeDeployResponse, update_deployment_group=update_group)
    patch(CodeDeployResponse, delete_deployment_group=delete_group)


def support_query_definitions() -> None:
    """Store the saved queries of CloudWatch Logs."""
    queries: dict[str, Json] = {}

    def put_query_definition(self: Any) -> str:
        key = self._get_param("queryDefinitionId") or str(uuid4())
        names = ("name", "queryString", "logGroupNames")
        queries[key] = {
            "queryDefinitionId": key,
            **{name: self._get_param(name) for name in names},
        }
        return json.dumps({"queryDefinitionId": key})

    def describe_query_definitions(self: Any) -> str:
        prefix = self._get_param("queryDefinitionNamePrefix") or ""
        found = [query for query in queries.values() if query["name"].startswith(prefix)]
        return json.dumps({"queryDefinitions": found})

    def delete_query_definition(self: Any) -> str:
        deleted = queries.pop(self._get_param("queryDefinitionId"), None)
        return json.dumps({"success": deleted is not None})

    patch(LogsResponse, put_query_definition=put_query_definition)
    patch(LogsResponse, describe_query_definitions=describe_query_definitions)
    patch(LogsResponse, delete_query_definition=delete_query_definition)


def support_composite_alarms() -> None:
    """Store composite alarms."""
    alarms: dict[str, Json] = {}
    describe, delete = CloudWatchResponse.describe_alarms, CloudWatchResponse.delete_alarms

    def put_composite_alarm(self: Any) -> Any:
        name = self._get_param("AlarmName")
        arn = f"arn:aws:cloudwatch:{self.region}:{ACCOUNT}:alarm:{name}"
        texts = ("AlarmName", "AlarmRule", "AlarmDescription")
        actions = ("AlarmActions", "OKActions", "InsufficientDataActions")
        alarms[name] = {
            "AlarmArn": arn,
            "ActionsEnabled": True,
            **{key: self._get_param(key) for key in texts},
            **{key: self._get_param(key, []) for key in actions},
        }
        self.cloudwatch_backend.tagger.tag_resource(arn, self._get_param("Tags", []))
        return EmptyResult()

    def describe_alarms(self: Any) -> Any:
        response = describe(self)
        names = self._get_param("AlarmNames", [])
        found = [alarm for name, alarm in alarms.items() if name in names or not names]
        vars(response)["_result"]["CompositeAlarms"] = found
        return response

    def delete_alarms(self: Any) -> Any:
        for name in self._get_param("AlarmNames"):
            alarms.pop(name, None)
        return delete(self)

    patch(CloudWatchResponse, put_composite_alarm=put_composite_alarm)
    patch(CloudWatchResponse, describe_alarms=describe_alarms, delete_alarms=delete_alarms)


def support_pipeline_projects() -> None:
    """Accept build projects of pipelines, and store their encryption key."""
    create = codebuild.CodeBuildResponse.create_project

    def accept_pipelines(validate: Callable[[Json], None]) -> Callable[[Json], None]:
        return lambda settings: None if settings["type"] == "CODEPIPELINE" else validate(settings)

    def create_project(self: Any) -> Any:
        response = create(self)
        project = vars(response)["_result"]["project"]
        project["encryptionKey"] = self._get_param("encryptionKey") or project["encryptionKey"]
        return response

    for name in ("_validate_required_params_source", "_validate_required_params_artifacts"):
        setattr(codebuild, name, accept_pipelines(getattr(codebuild, name)))
    patch(codebuild.CodeBuildResponse, create_project=create_project)


def format_pipeline_times() -> None:
    """Return the times of pipelines as numbers, as AWS does."""
    metadata = vars(CodePipeline)["metadata"].fget

    def with_numbers(self: Any) -> Json:
        times = {
            name: datetime.fromisoformat(metadata(self)[name]) for name in ("created", "updated")
        }
        numbers = {name: time.timestamp() for name, time in times.items()}
        return {**metadata(self), **numbers}

    patch(CodePipeline, metadata=property(with_numbers))


class ResourceType:
    """The stored resources of one CloudFront type; reads return what was written."""

    def __init__(
        self,
        name: str,
        config_name: str,
        describe: Callable[[str], Json],
        error_code: str | None = None,
    ) -> None:
        self.name = name
        self.config_name = config_name
        self.describe = describe
        self.error_code = error_code or f"NoSuch{name}"
        self.resources: dict[str, Json] = {}

    def create(self, config: Json) -> Json:
        key = f"E{next(_serial):013}"
        self.resources[key] = {"Id": key, **self.describe(key), self.config_name: config}
        return self.get(key)

    def get(self, key: str) -> Json:
        if key not in self.resources:
            raise CloudFrontException(self.error_code, "The resource does not exist.")
        return {self.name: self.resources[key], "ETag": f"tag-{key}", "Location": f"/{key}"}

    def update(self, key: str, config: Json) -> Json:
        self.get(key)
        self.resources[key][self.config_name] = config
        return self.get(key)

    def delete(self, key: str) -> None:
        self.get(key)
        del self.resources[key]


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


def _snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


def support_resource_type(type_: ResourceType) -> None:
    """Add the five CloudFront operations that Terraform uses on resources of one type."""
    name = _snake_case(type_.name)

    def create(self: Any) -> Any:
        return ActionResult(type_.create(self._get_param(type_.config_name)))

    def get(self: Any) -> Any:
        return ActionResult(type_.get(self._get_param("Id")))

    def get_config(self: Any) -> Any:
        response = type_.get(self._get_param("Id"))
        config = response[type_.name][type_.config_name]
        return ActionResult({type_.config_name: config, "ETag": response["ETag"]})

    def update(self: Any) -> Any:
        return ActionResult(type_.update(self._get_param("Id"), self._get_param(type_.config_name)))

    def delete(self: Any) -> Any:
        type_.delete(self._get_param("Id"))
        return EmptyResult()

    for verb, operation in {
        "create": create,
        "get": get,
        "update": update,
        "delete": delete,
    }.items():
        setattr(CloudFrontResponse, f"{verb}_{name}", operation)
    setattr(CloudFrontResponse, f"get_{name}_config", get_config)


def support_cloudfront() -> None:
    """Store complete CloudFront configurations; moto's distributions drop unknown fields."""
    distributions = ResourceType("Distribution", "DistributionConfig", _describe_distribution)
    headers_policies = ResourceType(
        "ResponseHeadersPolicy", "ResponseHeadersPolicyConfig", _describe_headers_policy
    )
    vpc_origins = ResourceType(
        "VpcOrigin", "VpcOriginEndpointConfig", _describe_vpc_origin, "EntityNotFound"
    )
    public_keys = ResourceType("PublicKey", "PublicKeyConfig", lambda _: {"CreatedTime": _now()})
    key_groups = ResourceType(
        "KeyGroup", "KeyGroupConfig", lambda _: {"LastModifiedTime": _now()}, "NoSuchResource"
    )
    cache_policies = ResourceType(
        "CachePolicy", "CachePolicyConfig", lambda _: {"LastModifiedTime": _now()}
    )
    types = (distributions, headers_policies, cache_policies, vpc_origins, public_keys, key_groups)
    for type_ in types:
        support_resource_type(type_)

    def create_with_tags(self: Any) -> Any:
        request = self._get_param("DistributionConfigWithTags")
        for name in ("Aliases", "CacheBehaviors", "CustomErrorResponses", "OriginGroups"):
            request["DistributionConfig"].setdefault(name, {"Quantity": 0})
        request["DistributionConfig"].setdefault("Logging", {"Enabled": False})
        response = distributions.create(request["DistributionConfig"])
        tags = {tag["Key"]: tag.get("Value") for tag in request["Tags"].get("Items", [])}
        self.backend.tag_resource(response["Distribution"]["ARN"], tags)
        return ActionResult(response)

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
        response = create_origin(self)
        tags = (self._get_param("Tags") or {}).get("Items", [])
        self.backend.tag_resource(
            response.result["VpcOrigin"]["Arn"], {tag["Key"]: tag.get("Value") for tag in tags}
        )
        return response

    patch(CloudFrontResponse, create_vpc_origin=create_vpc_origin)
    patch(CloudFrontResponse, create_distribution_with_tags=create_with_tags)
    patch(CloudFrontResponse, publish_function=publish_function)
    patch(CloudFrontResponse, update_function=update_function)
    for path in (
        "response-headers-policy$",
        "response-headers-policy/(?P<policy_id>[^/]+)$",
        "response-headers-policy/(?P<policy_id>[^/]+)/config$",
        "cache-policy$",
        "cache-policy/(?P<policy_id>[^/]+)$",
        "cache-policy/(?P<policy_id>[^/]+)/config$",
        "vpc-origin$",
        "vpc-origin/(?P<origin_id>[^/]+)$",
        "function/(?P<function_name>[^/]+)/publish$",
    ):
        cloudfront_urls.url_paths[f"{{0}}/2020-05-31/{path}"] = CloudFrontResponse.dispatch


if __name__ == "__main__":
    reject_unsupported_operations()
    store_queue_attributes()
    store_scaling_tags()
    store_budget_subscribers()
    support_cloudfront()
    support_codedeploy()
    support_composite_alarms()
    support_query_definitions()
    support_pipeline_projects()
    format_pipeline_times()
    support_deletion_of_analytics()
    store_logging_configurations()
    store_rule_descriptions()
    store_service_options()
    support_log_prefixes()
    skip_conditional_statements()
    escape_api_policies()
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
