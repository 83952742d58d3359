"""What is written about people: accounts, residence, consents, roles, notices."""

from residents.services.accounts import (
    change_profile,
    check_erasable,
    create_staff_account,
    erase_account,
    welcome_account,
)
from residents.services.consents import (
    record_assistance,
    record_consent,
    required_text,
    save_consent_text,
    withdraw_residency_consent,
)
from residents.services.desk import (
    extend_resident,
    issue_code,
    look_up_residents,
    move_resident,
    register_resident,
    separate_account,
)
from residents.services.disposal import dispose_expired
from residents.services.logins import login_turn
from residents.services.notices import (
    hand_over_mail,
    mark_read,
    send_account_mail,
    send_due_mail,
    send_notice,
    set_preferences,
)
from residents.services.people import (
    KnownPerson,
    known_people,
    read_people,
    refs_of,
    reserve_refs,
)
from residents.services.roles import end_role, grant_role, save_department
from residents.services.rolls import import_applicants, issue_codes
from residents.services.verification import (
    confirm_by_code,
    confirm_by_roll,
    revoke_verification,
)

__all__ = [
    "KnownPerson",
    "change_profile",
    "check_erasable",
    "confirm_by_code",
    "confirm_by_roll",
    "create_staff_account",
    "dispose_expired",
    "end_role",
    "erase_account",
    "extend_resident",
    "grant_role",
    "hand_over_mail",
    "import_applicants",
    "issue_code",
    "issue_codes",
    "known_people",
    "login_turn",
    "look_up_residents",
    "mark_read",
    "move_resident",
    "read_people",
    "record_assistance",
    "record_consent",
    "refs_of",
    "register_resident",
    "required_text",
    "reserve_refs",
    "revoke_verification",
    "save_consent_text",
    "save_department",
    "send_account_mail",
    "send_due_mail",
    "send_notice",
    "separate_account",
    "set_preferences",
    "welcome_account",
    "withdraw_residency_consent",
]
