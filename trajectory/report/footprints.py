"""Pictures and files of a footprint."""


def fill(folder, ensemble) -> None:
    """Every file of a footprint, into a folder."""
