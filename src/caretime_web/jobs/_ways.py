"""
The ways out of the house, from the environment.

``CARETIME_MAIL_URL``
    ``smtp://`` (STARTTLS), ``smtps://`` or, on this machine alone, ``smtp+none://``,
    then ``user:password@host:port``; with ``CARETIME_MAIL_FROM``, and where wanted
    ``CARETIME_MAIL_NAME`` and ``CARETIME_MAIL_BOUNCES``.
``CARETIME_SMS_URL``
    With ``CARETIME_SMS_TOKEN``, ``CARETIME_SMS_FROM`` and where wanted
    ``CARETIME_SMS_CALLBACK``.
``CARETIME_LETTERS``
    A folder, with ``CARETIME_LETTER_HEAD``: lines with ``|`` between them.
``CARETIME_ENV``
    ``development`` and none of these: everything is only logged.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from caretime_web.channels import Channel
from caretime_web.channels.email import Email, MailServer
from caretime_web.channels.letter import LetterHead, Letters
from caretime_web.channels.log import Log
from caretime_web.channels.sending import WAYS
from caretime_web.channels.sms import Sms, SmsProvider

_SECURITY = {
    "smtp": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp+none": ("none", 25),
}


def ways_of_environment(
    environment: Mapping[str, str] = os.environ,
) -> dict[str, Channel]:
    """
    Return the channels that are set up, by way.

    Raises
    ------
    ValueError
        If one is set up unsoundly, or none is and this is not development.

    Examples
    --------
    >>> sorted(ways_of_environment({"CARETIME_ENV": "development"}))
    ['email', 'letter', 'sms']
    """
    channels: dict[str, Channel] = {}
    if url := environment.get("CARETIME_MAIL_URL"):
        channels["email"] = Email(_mail_server(url, environment))
    if url := environment.get("CARETIME_SMS_URL"):
        provider = SmsProvider(
            url,
            environment.get("CARETIME_SMS_TOKEN", ""),
            environment.get("CARETIME_SMS_FROM", ""),
            environment.get("CARETIME_SMS_CALLBACK", ""),
        )
        channels["sms"] = Sms(provider)
    if folder := environment.get("CARETIME_LETTERS"):
        lines = environment.get("CARETIME_LETTER_HEAD", "").split("|")
        head = LetterHead(tuple(line.strip() for line in lines if line.strip()))
        channels["letter"] = Letters(folder, head)
    if not channels and environment.get("CARETIME_ENV") == "development":
        return {way: Log() for way in WAYS}
    if not channels:
        raise ValueError(
            "no way out: set CARETIME_MAIL_URL, CARETIME_SMS_URL or CARETIME_LETTERS"
        )
    return channels


def _mail_server(url: str, environment: Mapping[str, str]) -> MailServer:
    # What does not parse is not quoted: a password may stand in it.
    place = urlsplit(url)
    if place.scheme not in _SECURITY or not place.hostname:
        known = ", ".join(_SECURITY)
        raise ValueError(f"CARETIME_MAIL_URL: SCHEME://host:port with one of {known}")
    security, port = _SECURITY[place.scheme]
    return MailServer(
        place.hostname,
        place.port or port,
        environment.get("CARETIME_MAIL_FROM", ""),
        environment.get("CARETIME_MAIL_NAME", ""),
        unquote(place.username or ""),
        unquote(place.password or ""),
        security,
        environment.get("CARETIME_MAIL_BOUNCES", ""),
    )
