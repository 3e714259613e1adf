"""Destruction of the applied stack, in a file that runs after those that need the stack."""

from infra.conftest import Applied
from infra.test_applied import list_resources
from infra.tools import load_tool
from sightline_local.environment import REGION


def test_destroy_deletes_all_resources(applied: Applied) -> None:
    """An unprotected stack is deleted with the contents of its buckets."""
    assert any(applied.outputs["name"] in resource for resource in list_resources(applied.client))
    find_leftovers = load_tool("verify_aws").find_leftovers
    found = set(find_leftovers(applied.client, REGION, applied.outputs["name"]))
    assert len(found) > 20
    applied.terraform.destroy()
    assert applied.terraform.resources() == []
    remaining = [name for name in list_resources(applied.client) if applied.outputs["name"] in name]
    assert remaining == []
    left = set(find_leftovers(applied.client, REGION, applied.outputs["name"]))
    # The emulator keeps task definitions and event queues, which the `stack` script removes.
    assert {
        each for each in left if "task-definition" not in each and "-events-" not in each
    } == set()
