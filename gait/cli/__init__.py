"""The command `gait`."""

import signal


def start() -> int:
    """What the installed script calls; Ctrl-C while Python still loads ends it without a word."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gait.cli.main import main

    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return main()  # which takes them from `sys.argv`, and on Windows finds what *.mp4 means
