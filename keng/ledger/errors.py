"""What keeps the log from being published, each in one sentence for the operator: Vietnamese, then English."""


class LogRefused(RuntimeError):
    """Nothing was published and nothing was changed; the text says what to do."""


class KeyLost(LogRefused):
    """A key that should sign has no file, or a file that is not its own."""


class OlderThanLog(LogRefused):
    """The database was restored from a time before the last publication."""


class LogForked(LogRefused):
    """What is published is not what the database published: going on would show two logs under one name."""


class LogDamaged(LogRefused):
    """The leaves in the database do not give the root that was signed over them."""
