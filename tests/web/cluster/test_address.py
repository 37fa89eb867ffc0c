"""Addresses of databases."""

from __future__ import annotations

import pytest

from caretime_web.cluster import ClusterError, address_of_url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mysql://desk:topsecret@db/care",
        "postgresql://desk:topsecret@db",
        "postgresql://desk:topsecret@db:port/care",
    ],
)
def test_an_address_that_cannot_be_read_is_never_repeated(url):
    with pytest.raises(ClusterError) as refused:
        address_of_url(url)

    assert "topsecret" not in str(refused.value)


def test_options_of_the_connection_are_passed_on():
    address = address_of_url("postgres://desk@db.example/care?sslmode=verify-full")

    assert address.parameters() == {
        "host": "db.example",
        "port": 5432,
        "dbname": "care",
        "user": "desk",
        "password": "",
        "sslmode": "verify-full",
    }
