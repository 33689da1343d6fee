"""The short-lived counters in Redis."""

import functools

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class Client(RedisCacheClient):
    """Keeps its client, where Django makes one for each command, at half the command's cost."""

    @functools.cached_property
    def kept(self):
        return super().get_client(write=True)

    def get_client(self, key=None, *, write=False):
        return self.kept


@functools.cache
def client_of(server):
    """The one client of this process: Django would make another for every request."""
    return Client([server])


class Counters(RedisCache):
    """Django's own, on one server."""

    @property
    def _cache(self):
        return client_of(*self._servers)
