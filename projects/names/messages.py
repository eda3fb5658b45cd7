"""What sentences are made of, in modules that know no Django as in those that do."""

_LONGEST = 60


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation, where whoever shows it translates it."""
    return message


def shown(value: object) -> str:
    """A value as a sentence repeats it: on one line, printable, and at most 60 characters."""
    # Cut before it is looked at, so that a long text costs no more than a short one.
    text = str(value)[: _LONGEST + 1]
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
