"""Pages of conversations: debates, opinions, the house rules."""

from debates.views.debates import debate, debate_new, debates
from debates.views.opinions import (
    comment,
    comment_appeal,
    comment_flag,
    comment_react,
    comment_reply,
    comment_withdraw,
    thread_comment,
    thread_follow,
)
from debates.views.rules import rules

__all__ = [
    "comment",
    "comment_appeal",
    "comment_flag",
    "comment_react",
    "comment_reply",
    "comment_withdraw",
    "debate",
    "debate_new",
    "debates",
    "rules",
    "thread_comment",
    "thread_follow",
]
