"""The one way in which set-up fails: a sentence that a person can act on."""


class Problem(Exception):  # noqa: N818 - it is shown to people, who read "problem", not "error"
    """Set-up cannot go on. The text is one clear sentence, shown without a traceback."""
