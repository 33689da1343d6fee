"""Fill an empty installation with one believable week; exists only where the demonstration does."""

from django.core.management.base import BaseCommand

from helpline.demo import story


class Command(BaseCommand):
    help = "Tell the demonstration's story, once."

    def handle(self, *args, **options):
        told = story.tell()
        self.stdout.write("The story is told." if told else "The story was told before.")
