"""Sentences of modules that know no Django: marked here for translation, translated where shown."""


def gettext_noop(message: str) -> str:
    return message
