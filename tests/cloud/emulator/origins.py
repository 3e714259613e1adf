"""VPC origins of CloudFront."""

from typing import Any

from cloud.emulator import Json, load


def use_vpc_origin_protocols() -> None:
    """Forward to a VPC origin with its own protocol and ports; MiniStack uses the viewer's."""
    cloudfront = load("services.cloudfront")
    read_origin = cloudfront._dataplane_origin

    def read_vpc_origin(element: Any) -> Json:
        origin: Json = read_origin(element)
        reference = cloudfront._find(element, "VpcOriginConfig")
        if reference is None:
            return origin
        key = cloudfront._text(reference, "VpcOriginId")
        endpoint = cloudfront._vpc_origins[key]["VpcOriginEndpointConfig"]
        return {
            **origin,
            "protocol_policy": endpoint["OriginProtocolPolicy"],
            "http_port": endpoint["HTTPPort"],
            "https_port": endpoint["HTTPSPort"],
        }

    cloudfront._dataplane_origin = read_vpc_origin
