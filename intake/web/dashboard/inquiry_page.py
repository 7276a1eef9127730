"""The page of one inquiry: read once with a record of it, then everything a member may do here.

Each act that is refused draws this page again, with what was typed and why it was refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import render_template, request, url_for

from intake.audit import trail
from intake.consent.queries import consents_of
from intake.crypto.tokens import parse_reference, show_reference
from intake.desk.break_glass import reasons_of
from intake.desk.callers import last_check
from intake.desk.closing_letters import letters
from intake.desk.facts import DeskFacts, facts_of, undoable
from intake.desk.failing_mail import failing_mail
from intake.desk.models import ClockKind
from intake.desk.queries import Move, moves_of
from intake.desk.reading import texts_of
from intake.desk.viewing import note_opening, other_viewers
from intake.inquiries.conversation import conversation_of, mark_seen, unseen
from intake.inquiries.corrections import corrections_of
from intake.inquiries.queries import inquiry_by_reference, read_inquiry
from intake.inquiries.references import inquiry_named
from intake.notifications.queries import deliveries_of
from intake.privacy.requests import notes_of
from intake.staff.accounts import Member
from intake.staff.queries import names_by_id, names_by_public_id
from intake.web.context import current, now
from intake.web.dashboard.act_words import ACTED, presence_words
from intake.web.dashboard.acting import Returned
from intake.web.dashboard.call_script import call_script
from intake.web.dashboard.callers import caller_panel
from intake.web.dashboard.duplicates import beside_of
from intake.web.dashboard.letter_rows import shown_letter
from intake.web.dashboard.likeness_rows import like_panel, with_joined
from intake.web.dashboard.list_place import words_here
from intake.web.dashboard.looking import beside
from intake.web.dashboard.policies import acting, member_here
from intake.web.dashboard.privacy_forms import privacy_notes
from intake.web.dashboard.reading import Reading, screen_of
from intake.web.dashboard.returning import conflict_of, drawn_forms, note_form
from intake.web.dashboard.timeline import Told, filter_asked, filters, named_in, timeline
from intake.web.dashboard.times import ago, day_and_time, due_label
from intake.web.dashboard.wall_times import both_clocks
from intake.web.dashboard.writings import writings

CLOCKS: Mapping[ClockKind, str] = {
    ClockKind.FIRST_RESPONSE: "First answer",
    ClockKind.CONTACT_MADE: "Talked with them",
    ClockKind.CLINICIAN_ANSWER: "Clinician's answer",
    ClockKind.REPLY: "Our reply",
}

KEYS = (
    ("c", "Log a call: the number of the result, then Ctrl and Enter"),
    ("n", "Write a note"),
    ("w", "Write to them"),
    ("e", "Close"),
)


def show(reference: str, returned: Returned | None = None) -> str:
    """Record that the member reads this inquiry, and return its page.

    Args:
        reference: As in the address.
        returned: An act that was refused just now.

    Raises:
        NotFound: ``inquiry_unknown``.
    """
    intake, member, at = current(), member_here(), now()
    opened = read_inquiry(
        intake.database,
        intake.keyring,
        reference,
        actor=member.actor,
        at=at,
        noting=lambda session, inquiry_id: note_opening(session, inquiry_id, member.id, at=at),
    )
    summary = opened.summary
    with intake.database.read() as session:
        history = trail.history(session, summary.public_id)
        reading = Reading(
            opened=opened,
            consents=consents_of(session, summary.id),
            history=history,
            deliveries=deliveries_of(session, summary.id),
            actors=names_by_public_id(session, named_in(history)),
            assignees=names_by_id(session, [summary.assignee_id] if summary.assignee_id else []),
            reasons=reasons_of(session, intake.keyring, inquiry_id=summary.id),
            mail_comes_back=summary.id in failing_mail(session, [summary.id]),
        )
        facts = facts_of(session, intake.office, opened, by=acting(), at=at)
        row = inquiry_named(session, summary.reference)
        texts = (
            *texts_of(session, intake.keyring, summary.reference),
            *writings(
                conversation_of(session, intake.keyring, row),
                corrections_of(session, intake.keyring, row),
                zone=facts.clinic_zone,
            ),
        )
        is_news = unseen(session, summary.id, from_person=True)
        others = other_viewers(session, summary.reference, member.id, at=at)
        asked, is_held = notes_of(session, summary.id)
    if is_news:
        with intake.database.write() as session:
            mark_seen(session, summary.id, from_person=True, at=at)
    shown = filter_asked(request.args.get("show", ""))
    told = Told(
        history,
        texts,
        reading.deliveries,
        facts.moves,
        reading.actors,
        facts.clinic_zone,
        reading.reasons,
    )
    likes, check = beside_of(opened, at), last_check(history)
    checker = reading.actors.get(check.actor.id, "") if check else ""
    return render_template(
        "dashboard/inquiry.html",
        **with_joined(screen_of(reading, member, at=at), likes),
        **_doing(facts, member, returned),
        beside=beside(summary.reference, member, at),
        place=words_here(),
        duplicates=like_panel(likes, summary, member),
        caller=caller_panel(check, summary.reference, checker),
        has_problems=returned is not None,
        presence=presence_words(others),
        presence_action=url_for("dashboard.inquiry_viewers", reference=summary.reference),
        clock_rows=_clock_rows(facts),
        booked=_booked(facts),
        script=call_script(opened.answers, member, language=_spoken(facts)),
        timeline=timeline(told, shown=shown),
        privacy_notes=privacy_notes(asked, is_held=is_held),
        privacy_url=url_for("dashboard.inquiry_privacy", reference=summary.reference),
        timeline_filters=filters(summary.reference, shown),
    )


def _doing(facts: DeskFacts, member: Member, returned: Returned | None) -> dict[str, object]:
    reference = facts.summary.reference
    forms = drawn_forms(facts, returned)
    mine = {"reference": reference, "is_mine": facts.summary.assignee_id == member.id}
    return {
        "version": facts.summary.version,
        "next_action": facts.next_action,
        "next_at": _when(facts),
        "can_act": facts.can_act,
        "owner": {
            **mine,
            "is_offered": "assign" in facts.verbs,
            "is_owned": facts.summary.assignee_id is not None,
            "action": url_for("dashboard.inquiry_assignment", reference=reference),
            "colleagues": [
                (str(one), name)
                for one, name in facts.colleagues
                if one != facts.summary.assignee_id
            ],
        },
        "attempt": next((form for form in forms if form.name == "attempts"), None),
        "forms": [form for form in forms if form.name != "attempts"],
        "note": note_form(facts, returned) if _may_note(facts) else None,
        "conflict": conflict_of(facts, returned, forms),
        "undo": _undo(reference, facts.moves, facts.summary.version, facts),
        "undo_other": _other_undo(facts),
        "deceased_url": (
            url_for("dashboard.inquiry_deceased", reference=reference)
            if "mark_deceased" in facts.verbs
            else ""
        ),
        "is_deceased": facts.is_deceased,
        "letters": [shown_letter(letter, facts.approvals.get(letter.id)) for letter in letters()]
        if {"close", "close_not_suitable"} & set(facts.verbs)
        else (),
        "keys_here": KEYS if facts.can_act else (),
    }


def _may_note(facts: DeskFacts) -> bool:
    return facts.can_act and facts.summary.status.value != "erased"


def _undo(
    reference: str, moves: Sequence[Move], version: int, facts: DeskFacts
) -> dict[str, object] | None:
    move = undoable(moves, version, by=facts.by, at=facts.at)
    if move is None:
        return None
    mine = move.actor_id == facts.by.public_id
    return {
        "action": url_for("dashboard.inquiry_undo", reference=reference),
        "reference": show_reference(reference),
        "version": version,
        "move": move.id,
        "words": f"{'You' if mine else 'A colleague'} {ACTED.get(move.verb, 'changed this')}"
        f" {ago(move.at, now=facts.at)}.",
    }


def _other_undo(facts: DeskFacts) -> dict[str, object] | None:
    """Offer to take back what was done to the inquiry before this one, after Save and next."""
    reference = parse_reference(request.args.get("done", ""))
    if reference is None or reference == facts.summary.reference:
        return None
    intake = current()
    with intake.database.read() as session:
        other = inquiry_by_reference(session, intake.keyring, reference)
        moves = moves_of(session, other.id)
    return _undo(reference, moves, other.version, facts)


def _when(facts: DeskFacts) -> str:
    at = facts.next_action.at
    return both_clocks(at, facts.zone, facts.clinic_zone) if at and at > facts.at else ""


def _booked(facts: DeskFacts) -> str:
    """Return what is booked, or until when it sleeps, by both clocks."""
    if facts.snoozed_until is not None and facts.snoozed_until > facts.at:
        return f"Put aside until {day_and_time(facts.snoozed_until, facts.clinic_zone)}"
    if facts.booked is None:
        return ""
    names = {"callback": "Call-back", "call": "Call", "consultation": "Consultation"}
    clocks = both_clocks(facts.booked.starts_at, facts.booked.zone, facts.clinic_zone)
    return f"{names[facts.booked.kind.value]}: {clocks}"


def _clock_rows(facts: DeskFacts) -> list[dict[str, object]]:
    """Return the clocks: what is promised, and how it stands."""
    rows: list[dict[str, object]] = []
    for clock in facts.clocks:
        due = due_label(clock.due_at, facts.clinic_zone, now=facts.at)
        if clock.paused_since is not None and clock.stopped_at is None:
            due = replace(due, words="Paused: waiting on person", state="paused")
        elif clock.stopped_at is not None:
            is_late = clock.stopped_at > clock.due_at
            when = day_and_time(clock.stopped_at, facts.clinic_zone)
            words = f"Ended late, {when}" if is_late else f"In time, {when}"
            due = replace(due, words=words, state="late" if is_late else "none", at="")
        rows.append({"name": CLOCKS[clock.kind], "due": due})
    again = facts.summary.new_promise_at
    if again is not None:  # beside the clock, which is late all the same
        due = due_label(again, facts.clinic_zone, now=facts.at)
        rows.insert(1, {"name": "Promised again", "due": due})
    return rows


def _spoken(facts: DeskFacts) -> str:
    label = facts.summary.label
    return label.language if label else facts.summary.language
