"""Start the cluster after everything else: it is the slowest thing to start."""

from __future__ import annotations


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name == "test_cluster.py")
