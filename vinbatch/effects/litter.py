"""Folders of an inbox that are nobody's department."""

# Bins and thumbnails of Windows, macOS, Synology, QNAP: what somebody deleted must not be declared.
FOLDERS = frozenset(
    {"$recycle.bin", "recycler", "system volume information", "#recycle", "@recycle", "@eadir", "lost+found"}
    | {"__macosx", "#snapshot", "@tmp"}
)
