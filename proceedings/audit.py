"""What can be written into the record, as one closed list; each action has words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Action(models.TextChoices):
    """Every action that a service may record. Names are `app.subject.verb`, past tense."""

    PROCESS_CREATED = "proceedings.process.created", _("Process created")
    PROCESS_CHANGED = "proceedings.process.changed", _("Process changed")
    PHASE_OPENED = "proceedings.phase.opened", _("Phase opened")
    PHASE_CLOSED = "proceedings.phase.closed", _("Phase closed")
    PHASE_CHANGED = "proceedings.phase.changed", _("Phase dates changed")

    FIELD_CHANGED = "proceedings.field.changed", _("Field changed")

    AREAS_IMPORTED = "places.areas.imported", _("Areas imported")
    AREA_CHANGED = "places.area.changed", _("Area changed")
    CENTRES_IMPORTED = "places.centres.imported", _("Centres imported")
    CENTRE_CHANGED = "places.centre.changed", _("Centre changed")
    ROOM_CHANGED = "places.room.changed", _("Room changed")

    ACCOUNT_CREATED = "residents.account.created", _("Account created")
    ACCOUNT_ERASED = "residents.account.erased", _("Account erased")
    CONSENT_GIVEN = "residents.consent.given", _("Consent given")
    CONSENT_WITHDRAWN = "residents.consent.withdrawn", _("Consent withdrawn")
    RESIDENT_REGISTERED = "residents.resident.registered", _("Resident registered at a centre")
    RESIDENT_VERIFIED = "residents.resident.verified", _("Residence confirmed")
    RESIDENT_CHANGED = "residents.resident.changed", _("Resident's dong changed")
    VERIFICATION_FAILED = "residents.verification.failed", _("Residence check failed")
    VERIFICATION_REVOKED = "residents.verification.revoked", _("Residence confirmation revoked")
    APPLICANTS_IMPORTED = "residents.applicants.imported", _("Applicants' roll imported")
    CODES_ISSUED = "residents.codes.issued", _("Paper codes issued")
    CODE_USED = "residents.code.used", _("Paper code used")
    ROLE_GRANTED = "residents.role.granted", _("Staff role granted")
    ROLE_ENDED = "residents.role.ended", _("Staff role ended")
    DEPARTMENT_CHANGED = "residents.department.changed", _("Department changed")
    CONSENT_TEXT_CHANGED = "residents.consent_text.changed", _("Consent text changed")
    TRACES_DISPOSED = "residents.traces.disposed", _("Expired personal data disposed of")

    DEBATE_OPENED = "debates.debate.opened", _("Debate opened")
    DEBATE_CHANGED = "debates.debate.changed", _("Debate changed")
    DEBATE_CLOSED = "debates.debate.closed", _("Debate closed")
    COMMENT_POSTED = "debates.comment.posted", _("Opinion posted")
    COMMENT_WITHDRAWN = "debates.comment.withdrawn", _("Opinion withdrawn by its author")
    COMMENT_FLAGGED = "debates.comment.flagged", _("Opinion reported")
    COMMENT_HIDDEN = "debates.comment.hidden", _("Opinion hidden")
    COMMENT_RESTORED = "debates.comment.restored", _("Opinion restored")
    FLAGS_DISMISSED = "debates.flags.dismissed", _("Reports dismissed")
    HIDING_APPEALED = "debates.hiding.appealed", _("Review of a hiding asked for")
    HOUSE_RULE_CHANGED = "debates.rule.changed", _("House rule changed")
    THREAD_CLOSED = "debates.thread.closed", _("Conversation closed")

    CONTEST_CREATED = "voting.contest.created", _("Contest created")
    CONTEST_CHANGED = "voting.contest.changed", _("Contest set-up changed")
    CONTEST_FROZEN = "voting.contest.frozen", _("Contest frozen")
    CONTEST_UNFROZEN = "voting.contest.unfrozen", _("Contest taken back to draft")
    CONTEST_OPENED = "voting.contest.opened", _("Contest opened")
    CONTEST_CLOSED = "voting.contest.closed", _("Contest closed")
    CONTEST_BOXED = "voting.contest.boxed", _("All paper certified")
    BOX_OPENED = "voting.box.opened", _("Ballot box opened")
    CONTEST_COUNTED = "voting.contest.counted", _("Contest counted")
    CONTEST_DISPUTED = "voting.contest.disputed", _("Counts differ")
    RECOUNT_ORDERED = "voting.recount.ordered", _("New count ordered after a dispute")
    CONTEST_PUBLISHED = "voting.contest.published", _("Result published")
    CONTEST_FINAL = "voting.contest.final", _("Result final")
    DRAW_PRESET_SAVED = "voting.draw_preset.saved", _("Preset of a draw saved")
    CONTEST_PRESET_SAVED = "voting.preset.saved", _("Contest preset saved")
    ROLL_BUILT = "voting.roll.built", _("Voter roll built")
    ROLL_IMPORTED = "voting.roll.imported", _("Voter roll imported")
    ROLL_DISCARDED = "voting.roll.discarded", _("Imported voter roll given up")
    ROLL_CHANGE_ASKED = "voting.roll.asked", _("Change of the voter roll asked for")
    ROLL_CHANGE_REFUSED = "voting.roll.refused", _("Change of the voter roll refused")
    ROLL_ADDED = "voting.roll.added", _("Person added to the voter roll by two")
    RIGHT_VOIDED = "voting.right.voided", _("Vote right voided by two")
    RIGHT_RESTORED = "voting.right.restored", _("Vote right given back by two")
    STUB_ISSUED = "voting.stub.issued", _("Ballot paper handed out")
    STUB_SPOILED = "voting.stub.spoiled", _("Ballot paper spoiled and replaced")
    STUB_RETURNED = "voting.stub.returned", _("Ballot paper handed back unused")
    STUB_MISSING = "voting.stub.missing", _("Ballot paper reported missing")
    PROVISIONAL_REGISTERED = (
        "voting.provisional.registered",
        _("Ballot paper received in a provisional envelope"),
    )
    PROVISIONAL_ACCEPTED = "voting.provisional.accepted", _("Provisional ballot paper accepted")
    PROVISIONAL_REJECTED = "voting.provisional.rejected", _("Provisional ballot paper rejected")
    BATCH_OPENED = "voting.batch.opened", _("Paper box opened for voting")
    BATCH_SEALED = "voting.batch.sealed", _("Paper box sealed")
    BATCH_COUNTED = "voting.batch.counted", _("Sheets counted")
    BATCH_ENTERED = "voting.batch.entered", _("Sheets typed")
    BATCH_COMPARED = "voting.batch.compared", _("Two passes compared")
    BATCH_EXPLAINED = "voting.batch.explained", _("Difference of a box explained")
    BATCH_RECONCILED = "voting.batch.reconciled", _("Box reconciled")
    BATCH_CERTIFIED = "voting.batch.certified", _("Box certified")
    BATCH_REOPENED = "voting.batch.reopened", _("Box reopened by correction")
    CORRECTION_ASKED = "voting.correction.asked", _("Correction asked for")
    CORRECTION_APPROVED = "voting.correction.approved", _("Correction approved")
    BALLOTS_IMPORTED = "voting.ballots.imported", _("Published ballots imported")
    LOT_DRAWN = "voting.lot.drawn", _("Tie decided by lot")
    BODY_ENTERED = "voting.body.entered", _("Points of a body typed")
    BODY_AGREED = "voting.body.agreed", _("Points of a body agreed by two")
    STICKERS_COUNTED = "voting.stickers.counted", _("Stickers of a board counted")
    STICKERS_CORRECTED = "voting.stickers.corrected", _("Stickers of a board corrected")
    DRAW_CREATED = "voting.draw.created", _("Draw by lot prepared")
    DRAW_CHANGED = "voting.draw.changed", _("Draw by lot changed")
    DRAW_PUBLISHED = "voting.draw.published", _("List of a draw published")
    DRAW_HELD = "voting.draw.held", _("Lots drawn")
    PAPERS_PRINTED = "voting.papers.printed", _("Ballot papers printed")

    PROPOSAL_PUBLISHED = "proposals.proposal.published", _("Proposal published")
    PROPOSAL_REVISED = "proposals.proposal.revised", _("Proposal revised")
    PROPOSAL_WITHDRAWN = "proposals.proposal.withdrawn", _("Proposal withdrawn")
    PROPOSAL_REACHED = "proposals.proposal.reached", _("Support threshold reached")
    PROPOSAL_EXPIRED = "proposals.proposal.expired", _("Support period ended below the threshold")
    PROPOSAL_MERGED = "proposals.proposal.merged", _("Proposal merged")
    PROPOSAL_ASSIGNED = "proposals.proposal.assigned", _("Department assigned")
    PROPOSAL_TRANSFERRED = "proposals.proposal.transferred", _("Proposal transferred")
    PROPOSAL_HIDDEN = "proposals.proposal.hidden", _("Proposal hidden")
    PROPOSAL_RESTORED = "proposals.proposal.restored", _("Proposal restored")
    PROPOSAL_APPEALED = "proposals.proposal.appealed", _("Review of a hiding asked for")
    PROPOSAL_KEPT_HIDDEN = "proposals.proposal.kept_hidden", _("Proposal kept hidden after review")
    PROPOSAL_ANSWERED = "proposals.proposal.answered", _("Official answer given")
    PROPOSAL_PROGRESSED = "proposals.proposal.progressed", _("Progress reported")
    PROPOSAL_DONE = "proposals.proposal.done", _("Proposal carried out")
    SUPPORT_ASSISTED = "proposals.support.assisted", _("Support recorded at a centre")
    PROPOSAL_ASSISTED = "proposals.proposal.assisted", _("Proposal written down at a centre")
    PRESET_CHANGED = "proposals.preset.changed", _("Support rules changed")

    BUDGET_CREATED = "budgets.budget.created", _("Budget created")
    BUDGET_CHANGED = "budgets.budget.changed", _("Budget changed")
    BUDGET_IMPORTED = "budgets.budget.imported", _("Budget imported")
    PROJECT_CREATED = "budgets.project.created", _("Project created")
    PROJECT_CHANGED = "budgets.project.changed", _("Project changed")
    PROJECT_REVIEWED = "budgets.project.reviewed", _("Project reviewed")
    BUDGET_CONTEST_MADE = "budgets.contest.made", _("Budget contest prepared")
    BUDGET_ALLOCATED = "budgets.budget.allocated", _("Budget allocated")
    MILESTONE_REPORTED = "budgets.milestone.reported", _("Milestone reported")


SHOWN_AT_ONCE = frozenset(
    {
        Action.CONTEST_FROZEN,
        Action.CONTEST_UNFROZEN,
        Action.CONTEST_OPENED,
        Action.CONTEST_CLOSED,
        Action.CONTEST_BOXED,
        Action.BOX_OPENED,
        Action.CONTEST_COUNTED,
        Action.CONTEST_DISPUTED,
        Action.CONTEST_PUBLISHED,
        Action.CONTEST_FINAL,
        Action.DRAW_PUBLISHED,
        Action.DRAW_HELD,
        Action.BUDGET_ALLOCATED,
        Action.COMMENT_HIDDEN,
        Action.COMMENT_RESTORED,
        Action.COMMENT_WITHDRAWN,
        Action.DEBATE_CHANGED,
        Action.PROPOSAL_HIDDEN,
        Action.PROPOSAL_RESTORED,
        Action.PROPOSAL_WITHDRAWN,
        Action.PROPOSAL_ANSWERED,
        Action.ACCOUNT_ERASED,
    }
)
"""What outdates every page kept for readers: steps of a vote, results, answers, what was hidden."""


def action_choices() -> list[tuple[str, _StrPromise]]:
    """Every action with its words; a function, so that a new action asks for no migration."""
    return Action.choices
