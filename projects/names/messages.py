"""Building blocks of messages, for modules that do not import Django."""

_LONGEST = 60


def gettext_noop(message: str) -> str:
    """Mark a message for translation; the code that shows it translates it."""
    return message


def truncate_for_display(value: object) -> str:
    """A value as quoted in a message: on one line, printable, at most 60 characters."""
    # Truncated first, so that a long text costs no more than a short one.
    text = str(value)[: _LONGEST + 1]
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
