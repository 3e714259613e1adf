"""Containers with the restrictions of their task definitions."""

from cloud.emulator import Json, load


def restrict_containers(network: str) -> None:
    """Attach containers to a Docker network, and restrict them as Fargate does.

    That is: a read-only root file system, no capabilities, an init process, memory and CPU shares.
    """
    ecs = load("services.ecs")
    build = ecs._build_run_kwargs

    def build_restricted(container: Json, definition: Json, *arguments: object) -> Json:
        options: Json = build(container, definition, *arguments)
        linux = container.get("linuxParameters") or {}
        return {
            **options,
            "network": network,
            # A volume without a host path is the anonymous volume that the image declares.
            "read_only": bool(container.get("readonlyRootFilesystem")),
            "cap_drop": (linux.get("capabilities") or {}).get("drop") or [],
            "init": bool(linux.get("initProcessEnabled")),
            "mem_limit": f"{definition['memory']}m",
            "cpu_shares": int(definition["cpu"]),
        }

    ecs._build_run_kwargs = build_restricted
