"""What an open board is told: that something has moved, and then it fetches its own rows."""

from helpline.foundation.live import requires_stream
from helpline.foundation.staff.roles import Permission


@requires_stream(Permission.SEE_ESCALATIONS, bell="escalations", pause=1)
async def board(stream):
    """Tell the board to fetch its rows: at first, for what it missed, and when something moves."""
    moved = True
    while True:
        await stream.read(may_see_board)
        if moved:
            await stream.send("now", event="changed")
        moved = await stream.bell()


def may_see_board(staff):
    """The permission has been checked; the rows themselves are fetched from the board's page."""
    return True
