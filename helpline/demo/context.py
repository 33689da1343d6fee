"""What pages show where the demonstration exists."""

from helpline.foundation.staff.roles import Role


def roles(request) -> dict[str, object]:
    """The buttons of the one-click sign-in."""
    return {"demo_roles": Role.choices}
