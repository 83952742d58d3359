"""Every way in which a proposal changes: one function, one transaction, one line of record."""

from proposals.services.answering import (
    answer_proposal,
    assign_department,
    receive_transfer,
    report_progress,
)
from proposals.services.clock import advance_proposals
from proposals.services.counting import refresh_figures
from proposals.services.desk import record_support, write_down_proposal
from proposals.services.drafts import (
    add_picture,
    discard_draft,
    publish_proposal,
    remove_picture,
    save_draft,
)
from proposals.services.order import (
    appeal_hiding,
    hide_proposal,
    keep_hidden,
    merge_proposal,
    restore_proposal,
    save_preset,
)
from proposals.services.supporting import support_proposal, withdraw_support
from proposals.services.writing import (
    add_to_proposal,
    revise_proposal,
    take_away_picture,
    withdraw_proposal,
)

__all__ = [
    "add_picture",
    "add_to_proposal",
    "advance_proposals",
    "answer_proposal",
    "appeal_hiding",
    "assign_department",
    "discard_draft",
    "hide_proposal",
    "keep_hidden",
    "merge_proposal",
    "publish_proposal",
    "receive_transfer",
    "record_support",
    "refresh_figures",
    "remove_picture",
    "report_progress",
    "restore_proposal",
    "revise_proposal",
    "save_draft",
    "save_preset",
    "support_proposal",
    "take_away_picture",
    "withdraw_proposal",
    "withdraw_support",
    "write_down_proposal",
]
