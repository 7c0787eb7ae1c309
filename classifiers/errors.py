"""What can go wrong with a comment or a model; each says what to look at."""


class ClassifierError(Exception):
    """Anything this package raises on purpose."""


class BadSubmission(ClassifierError):
    """A comment cannot be scored: no text, or a field of the wrong type."""


class Unscorable(ClassifierError):
    """A comment's score is not a number; it must not pass for a low one."""


class BadModel(ClassifierError):
    """A model's files are missing, cut off, altered or not ours; permanent."""


class UnknownVersion(ClassifierError):
    """The registry has no model version of that name."""


class MissingData(ClassifierError):
    """The folder with the labelled data is not where it was looked for."""


class MissingTool(ClassifierError):
    """A library that only reports need is not installed."""


class BadGrammar(ClassifierError):
    """A grammar of our own sentences cannot be read."""
