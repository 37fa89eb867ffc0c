"""Everybody heard and told: answers and pins kept, reasons given, a day to call."""

from __future__ import annotations

from collections import Counter, defaultdict

from caretime.continuity._verify_scene import Findings, Scene
from caretime.model.matching import Match
from caretime.model.strike import CONTACT_REASONS, Answer


def check_told(scene: Scene, findings: Findings) -> None:
    """See that answers and pins are kept, and nobody without care is left untold."""
    answers, declined = last_answers(scene), refusals(scene)
    reasons = Counter(one.patient_id for one in scene.plan.matching.left_out)
    for match in scene.matches.values():
        said, refused = answers.get(match.patient_id), declined.get(match.patient_id)
        _check_answer(match, said, refused or (), scene, findings)
        _check_pin(match, scene, findings)
        _check_reason(match, reasons[match.patient_id], findings)
    for patient_id in sorted(set(reasons) - set(scene.matches)):
        findings.add(
            "reason", patient_id, "a reason", "none",
            f"{patient_id} is said to be left out and is not in the match",
        )  # fmt: skip
    findings.checked["answers"] = len(scene.plan.answers)
    _check_contacts(scene, answers, findings)


def last_answers(scene: Scene) -> dict[str, Answer]:
    """Return the latest answer of each patient."""
    return {a.patient_id: a for a in sorted(scene.plan.answers, key=lambda a: a.at)}


def refusals(scene: Scene) -> dict[str, tuple[str, ...]]:
    """Return by patient the substitutes declined, but for one accepted since."""
    found: dict[str, list[str]] = defaultdict(list)
    for answer in scene.plan.answers:
        who = about(answer, scene)
        if answer.answer == "declined" and who:
            found[answer.patient_id].append(who)
    for patient_id, answer in last_answers(scene).items():
        who = about(answer, scene)
        if answer.answer == "accepted" and patient_id in found:
            found[patient_id] = [other for other in found[patient_id] if other != who]
    return {patient_id: tuple(who) for patient_id, who in found.items() if who}


def about(answer: Answer, scene: Scene) -> str:
    """Return whom an answer was about: as noted, else as offered before."""
    return answer.substitute_id or scene.plan.offered.get(answer.patient_id, "")


def _check_answer(
    match: Match,
    answer: Answer | None,
    refused: tuple[str, ...],
    scene: Scene,
    findings: Findings,
) -> None:
    who, offer = match.patient_id, about(answer, scene) if answer else ""
    said = answer.answer if answer else ""
    if said == "accepted" and offer and match.substitute_id != offer:
        findings.add(
            "accepted", who, match.substitute_id or match.outcome, offer,
            f"{who} accepted {offer} and gets {match.substitute_id or 'nobody'}",
        )  # fmt: skip
    if match.substitute_id in refused:
        findings.add(
            "declined", who, match.substitute_id, "somebody else",
            f"{who} declined {match.substitute_id} and is offered them again",
        )  # fmt: skip
    if (said == "waits") != (match.outcome == "waits"):
        expected = "waits" if said == "waits" else "placed or left out"
        findings.add(
            "waits", who, match.outcome, expected,
            f"{who} {'chose' if said == 'waits' else 'did not choose'} to wait and "
            f"stands as {match.outcome}",
        )  # fmt: skip


def _check_pin(match: Match, scene: Scene, findings: Findings) -> None:
    pin = scene.update.pins.get(match.patient_id)
    if pin is not None and (match.substitute_id != pin or not match.pinned):
        findings.add(
            "pin", match.patient_id, match.substitute_id or match.outcome,
            pin or "nobody",
            f"{match.patient_id} was decided to go to {pin or 'nobody'} and goes to "
            f"{match.substitute_id or 'nobody'}",
        )  # fmt: skip


def _check_reason(match: Match, told: int, findings: Findings) -> None:
    expected = int(match.outcome == "left_out")
    if told != expected:
        findings.add(
            "reason", match.patient_id, told, expected,
            f"{match.patient_id} is {match.outcome} and has {told} reasons for being "
            "left out",
        )  # fmt: skip


def _check_contacts(
    scene: Scene, answers: dict[str, Answer], findings: Findings
) -> None:
    """See that who waits or is left out is called by a day, and who must record."""
    contacts = {(c.patient_id, c.reason): c for c in scene.plan.contacts}
    findings.checked["contacts"] = len(scene.plan.contacts)
    for contact in scene.plan.contacts:
        if contact.patient_id not in scene.matches:
            findings.add(
                "contact", contact.patient_id, contact.reason, "no contact",
                f"{contact.patient_id} is to be called and is not in the plan",
            )  # fmt: skip
        elif contact.reason not in CONTACT_REASONS:
            findings.add(
                "contact", contact.patient_id, contact.reason, CONTACT_REASONS,
                f"{contact.patient_id} is to be called for no known reason",
            )  # fmt: skip
    for match in scene.matches.values():
        if match.outcome == "placed":
            continue
        stated = contacts.get((match.patient_id, match.outcome))
        if stated is None:
            findings.add(
                "contact", match.patient_id, "none", match.outcome,
                f"{match.patient_id} {_stands(match.outcome)} and nobody is to call",
            )  # fmt: skip
            continue
        answer = answers.get(match.patient_id)
        recorded = answer is not None and answer.extension is not None
        if match.outcome == "waits" and not (recorded or stated.clinician_must_record):
            findings.add(
                "recorded", match.patient_id, "recorded", "not recorded",
                f"no clinician has recorded that {match.patient_id} may wait",
            )  # fmt: skip


def _stands(outcome: str) -> str:
    return "waits" if outcome == "waits" else "is left out"
