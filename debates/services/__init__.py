"""Write conversations: open and close them; say, rate, report and moderate opinions.

Locks: whoever says something shares `thread:<id>`, whoever closes or hides the conversation holds
it alone, so no opinion, rating or report comes after that. An account's own posting is one at a
time (`author:<id>`, taken first), so a double click says a thing once. A decision locks the
opinion's row.
"""

from debates.services.desk import write_down_comment
from debates.services.figures import refresh_figures, tell_followers
from debates.services.moderating import (
    appeal_hiding,
    hide_comment,
    leave_comment,
    restore_comment,
)
from debates.services.opinions import (
    flag_comment,
    follow_thread,
    post_comment,
    react_to_comment,
    unfollow_thread,
    withdraw_comment,
)
from debates.services.rules import save_house_rule
from debates.services.standalone import (
    close_debate,
    hide_debate,
    open_debate,
    restore_debate,
    summarise_debate,
)
from debates.services.threads import close_thread, name_thread, open_thread, open_thread_once

__all__ = [
    "appeal_hiding",
    "close_debate",
    "close_thread",
    "flag_comment",
    "follow_thread",
    "hide_comment",
    "hide_debate",
    "leave_comment",
    "name_thread",
    "open_debate",
    "open_thread",
    "open_thread_once",
    "post_comment",
    "react_to_comment",
    "refresh_figures",
    "restore_comment",
    "restore_debate",
    "save_house_rule",
    "summarise_debate",
    "tell_followers",
    "unfollow_thread",
    "withdraw_comment",
    "write_down_comment",
]
