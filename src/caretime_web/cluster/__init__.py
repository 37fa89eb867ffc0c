"""
A PostgreSQL server of our own: made, started, checked and stopped by us.

``Cluster`` looks after one folder. Who has a server already gives its address in
``DATABASE_URL`` and needs nothing of this room.
"""

from caretime_web.cluster.address import Address, address_of_url
from caretime_web.cluster.errors import ClusterError
from caretime_web.cluster.programs import Programs, find_programs
from caretime_web.cluster.server import Cluster, default_home

__all__ = [
    "Address",
    "Cluster",
    "ClusterError",
    "Programs",
    "address_of_url",
    "default_home",
    "find_programs",
]
