"""Where the apps are mounted."""

urlpatterns: list = []
