"""Handles: what staff call an anonymous contact, sayable aloud and impossible to count through."""

import functools
import random
import secrets

from xkcdpass import xkcd_password

# Words nobody should be given as a name while they are frightened, by what they begin with.
FRIGHTENING = (
    "abduct abus accus afraid aggress agon alarm ambush amput anguish arrest assault attack bastard"
    " battl beat bleed blood bomb brutal bull bury chok coffin condemn convict corpse coward creep"
    " cremat cri cruel crush curs danger dead death deform demon deport despis devil die dirt disgrac"
    " disgust doom dread drown drug dumb escap evil execut explo expos fat fear fiend fight filth"
    " fright ghost gore grave grief grim grop guilt gun hang harass harm hate haunt hell horr hosti"
    " hurt idiot injur insan insult jail kidnap kill knife lash liar lone loser lost lust maim misery"
    " molest monster morbid mourn murder naked nast negl nude numb obsc outcast pain panic pervert"
    " pimp poison police prison prey punch punish rage raid rap ravag reject revolt rob ruin sad scare"
    " scream sex shame shoot shriek shun sick sin skull slap slave smother sob sorrow stab stalk"
    " starv steal strang suffer suicid terr thief threat tomb tortur trauma trash traffick trap ugly"
    " unholy unlov unsafe untrust unwant vanish venom victim vile violat violen virus vomit weapon"
    " whip wick witch worthless wound wrath wreck"
).split()


@functools.cache
def words() -> list[str]:
    """The EFF long list without hyphens and frightening words: about 7,000 words (CC BY 3.0 US)."""
    every = xkcd_password.generate_wordlist(xkcd_password.locate_wordfile("eff-long"))
    plain = {word for word in every if word.isascii() and word.isalpha() and 3 <= len(word) <= 7}
    return sorted(word for word in plain if not word.startswith(tuple(FRIGHTENING)))


def new_handle(rng: random.Random | None = None) -> str:
    """Two words and two digits, chosen at random: `velvet-canoe-47`."""
    rng = rng or secrets.SystemRandom()
    first, second = rng.choice(words()), rng.choice(words())
    return f"{first}-{second}-{rng.randint(10, 99)}"
