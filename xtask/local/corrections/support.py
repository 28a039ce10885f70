"""What every correction is made with."""

import inspect
import sys

MINISTACK_VERSION = "1.5.33"


def stop(message):
    """Ends the launcher with one line that the caller can show."""
    raise SystemExit(f"launcher: {message}")


class Refused(Exception):
    """A request that AWS refuses with this code, and the message that is its text."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def wanted(module, name, *parameters):
    """The named function of a MiniStack module, if it is there and still takes these parameters."""
    found = getattr(module, name, None)
    if found is None:
        stop(f"`{module.__name__}.{name}` is not there to be corrected: this MiniStack is not {MINISTACK_VERSION}")
    if list(inspect.signature(found).parameters)[: len(parameters)] != list(parameters):
        stop(f"`{module.__name__}.{name}` takes other parameters: this MiniStack is not {MINISTACK_VERSION}")
    return found


def replace(module, name, corrected):
    """Puts a corrected function in the place of a module's own, also where another module has imported it by name."""
    original = getattr(module, name)
    loaded = [other for key, other in list(sys.modules.items()) if key.partition(".")[0] == "ministack"]
    for holder in [module, *loaded]:
        if getattr(holder, name, None) is original:
            setattr(holder, name, corrected)
