"""Template tags for what looks the same on every page: drawn once in a process, not each time."""

import functools

from django import template
from django.middleware.csrf import get_token
from heroicons.templatetags.heroicons import heroicon_mini, heroicon_outline

register = template.Library()

for icon in (heroicon_mini, heroicon_outline):  # costly to draw, and there are few
    register.simple_tag(functools.cache(icon), name=icon.__name__)


def token_of(request) -> str:
    """The token of every form of one answer; Django would make a costly new one for each."""
    if not hasattr(request, "token_drawn"):
        request.token_drawn = get_token(request)
    return request.token_drawn


class Once(template.Node):
    """Keeps what its content was when it was first drawn."""

    def __init__(self, nodelist):
        self.nodelist = nodelist
        self.drawn = None

    def render(self, context):
        if self.drawn is None:
            self.drawn = self.nodelist.render(context)
        return self.drawn


@register.tag
def once(parser, token):
    """`{% once %}…{% endonce %}` around what depends on nothing but the settings: no blocks, no
    request, nobody."""
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once(nodelist)
