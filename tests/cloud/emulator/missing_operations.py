"""Operations that MiniStack lacks. They store what Terraform writes, and return it."""

import itertools
import time
from collections.abc import Callable

from cloud.emulator import ACCOUNT, REGION, Json, load

Operation = Callable[[Json], Json]


class ResourceMissing(Exception):
    """The resource does not exist; the message is the error code of its service."""


def scale(cluster: str, service: str, minimum: int, maximum: int) -> None:
    """Bring the number of tasks of a service into its limits, as Application Auto Scaling does."""
    ecs = load("services.ecs")
    desired = ecs._services[f"{cluster}/{service}"]["desiredCount"]
    within = min(max(desired, minimum), maximum)
    if within != desired:
        ecs._update_service({"cluster": cluster, "service": service, "desiredCount": within})


class AutoScaling:
    """Application Auto Scaling, which keeps services in their limits and ignores metrics."""

    def __init__(self) -> None:
        self._targets: dict[str, Json] = {}
        self._policies: dict[str, Json] = {}
        self._tags: dict[str, Json] = {}
        self._serial = itertools.count(1)

    def operations(self) -> dict[str, Operation]:
        prefix = "AnyScaleFrontendService."
        return {
            prefix + "RegisterScalableTarget": self._register_target,
            prefix + "DescribeScalableTargets": self._describe_targets,
            prefix + "DeregisterScalableTarget": self._deregister_target,
            prefix + "PutScalingPolicy": self._put_policy,
            prefix + "DescribeScalingPolicies": self._describe_policies,
            prefix + "DeleteScalingPolicy": self._delete_policy,
            prefix + "TagResource": self._tag,
            prefix + "ListTagsForResource": self._list_tags,
        }

    def _register_target(self, request: Json) -> Json:
        tags = request.pop("Tags", None) or {}
        resource: str = request["ResourceId"]
        target = self._targets.setdefault(resource, {"CreationTime": time.time(), "RoleARN": ""})
        arn: str = target.setdefault(
            "ScalableTargetARN",
            f"arn:aws:application-autoscaling:{REGION}:{ACCOUNT}"
            f":scalable-target/{next(self._serial)}",
        )
        target.update(request)
        self._tags.setdefault(arn, {}).update(tags)
        _, cluster, service = resource.split("/")
        scale(cluster, service, target["MinCapacity"], target["MaxCapacity"])
        return {"ScalableTargetARN": arn}

    def _describe_targets(self, request: Json) -> Json:
        names = request.get("ResourceIds") or self._targets
        return {"ScalableTargets": [self._targets[name] for name in names if name in self._targets]}

    def _deregister_target(self, request: Json) -> Json:
        if self._targets.pop(request["ResourceId"], None) is None:
            raise ResourceMissing("ObjectNotFoundException")
        return {}

    def _put_policy(self, request: Json) -> Json:
        name = request["PolicyName"]
        arn = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:{name}:policyName/{name}"
        created = self._policies.get(name, {}).get("CreationTime", time.time())
        self._policies[name] = {
            **request,
            "PolicyARN": arn,
            "Alarms": [],
            "CreationTime": created,
        }
        return {"PolicyARN": arn, "Alarms": []}

    def _describe_policies(self, request: Json) -> Json:
        names = request.get("PolicyNames") or self._policies
        resource = request.get("ResourceId")
        policies = [self._policies[name] for name in names if name in self._policies]
        return {
            "ScalingPolicies": [
                policy for policy in policies if resource in (None, policy["ResourceId"])
            ]
        }

    def _delete_policy(self, request: Json) -> Json:
        if self._policies.pop(request["PolicyName"], None) is None:
            raise ResourceMissing("ObjectNotFoundException")
        return {}

    def _tag(self, request: Json) -> Json:
        self._tags.setdefault(request["ResourceARN"], {}).update(request["Tags"])
        return {}

    def _list_tags(self, request: Json) -> Json:
        return {"Tags": self._tags.get(request["ResourceARN"], {})}


class FirewallLogging:
    """The logging configuration of AWS WAF."""

    def __init__(self) -> None:
        self._configurations: dict[str, Json] = {}

    def operations(self) -> dict[str, Operation]:
        prefix = "AWSWAF_20190729."
        return {
            prefix + "PutLoggingConfiguration": self._put,
            prefix + "GetLoggingConfiguration": self._get,
            prefix + "DeleteLoggingConfiguration": self._delete,
        }

    def _put(self, request: Json) -> Json:
        configuration: Json = request["LoggingConfiguration"]
        self._configurations[configuration["ResourceArn"]] = configuration
        return request

    def _get(self, request: Json) -> Json:
        try:
            return {"LoggingConfiguration": self._configurations[request["ResourceArn"]]}
        except KeyError:
            raise ResourceMissing("WAFNonexistentItemException") from None

    def _delete(self, request: Json) -> Json:
        if self._configurations.pop(request["ResourceArn"], None) is None:
            raise ResourceMissing("WAFNonexistentItemException")
        return {}


class LogQueries:
    """The saved queries of CloudWatch Logs Insights."""

    def __init__(self) -> None:
        self._queries: dict[str, Json] = {}
        self._serial = itertools.count(1)

    def operations(self) -> dict[str, Operation]:
        prefix = "Logs_20140328."
        return {
            prefix + "PutQueryDefinition": self._put,
            prefix + "DescribeQueryDefinitions": self._describe,
            prefix + "DeleteQueryDefinition": self._delete,
        }

    def _put(self, request: Json) -> Json:
        key = request.get("queryDefinitionId") or f"query-{next(self._serial)}"
        self._queries[key] = {**request, "queryDefinitionId": key}
        return {"queryDefinitionId": key}

    def _describe(self, request: Json) -> Json:
        prefix = request.get("queryDefinitionNamePrefix", "")
        queries = [each for each in self._queries.values() if each["name"].startswith(prefix)]
        return {"queryDefinitions": queries}

    def _delete(self, request: Json) -> Json:
        if self._queries.pop(request["queryDefinitionId"], None) is None:
            raise ResourceMissing("ResourceNotFoundException")
        return {"success": True}
