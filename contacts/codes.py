"""Return codes: seven plain words that only their owner knows, and of which only a hash is kept.

Drawn from the EFF's long list of 7,776 words (CC BY 3.0 US, as the package `xkcdpass` ships it),
without those that are hyphenated or could frighten: what is left makes 89 bits (K08).
"""

import functools
import re
import secrets
from importlib import resources

WORDS = 7
LONGEST = 200  # characters of an input that can be a code
# Whatever contains one of these is left out: somebody may read their code beside whoever hurt them.
FRIGHTENING = re.compile(
    "abdom|abrasi|abus|ache|aggrav|aggress|agon|alone|ambush|ammo|anger|angry|antitox|arrest|asham"
    "|attack|aveng|avoid|backfire|backlash|backstab|battl|bleed|bloat|blood|blunder|bonfire|bomb"
    "|breast|browbeat|bruis|buckshot|bull(?:fight|whip)|cage|captiv|carnage|chain|chok|coffin"
    "|combust|conceal|confess|coward|crash|craz|creep|crim|cripp|cruel|crush|cry|curs|custod|cut"
    "|dad|dagger|danger|daunt|dead|death|decay|defeat|defi|demon|depriv|depress|desert|despair"
    "|despi|despond|destroy|destruct|detach|detain|detest|devil|devour|dirt|disast|disgrac|disgust"
    "|dismay|disown|distress|distrust|disturb|doom|dragg|drain|dread|dropkick|drown|drug|drunk|dud"
    "|dump|dying|ego|embattl|empty|endang|endur|enrag|enslav|entomb|entrap|evict|evil|exile|expel"
    "|exploit|expos|fail|fake|father|fear|fight|filth|fire|flash|flaw|flee|fondl|fract|frail|fraud"
    "|freak|fright|fury|ghost|gloom|gore|gory|grave|grie|grope|grouch|groan|grudg|guilt|gun|hang"
    "|harass|harm|hatchet|hate|haunt|helpless|hex|hide|hiding|hit|hopeless|hound|hunt|hurt|husband"
    "|imped|imprison|infect|injur|insan|insult|intrud|irrit|jail|jock|kick|kill|knife|lash|lawless"
    "|liar|lone|lost|lust|maggot|mammogr|manhunt|maternal|matern|matron|misery|mistak|mom|monster"
    "|mother|mourn|mummy|murd|naked|nause|neglect|nude|numb|nurs|oblig|obsess|outcast|outrag"
    "|outshoot|over(?:kill|power|shoot|shot)|pain|panic|parent|parol|patern|pelvi|penal|pender"
    "|perish|persecu|pervert|plague|poison|police|powerless|preda|prey|prison|prob(?:e|ing)|prowl"
    "|punch|punish|purge|pushy|quarrel|quit|rage|reaper|rebel|reckless|refus|regret|reject|relaps"
    "|remorse|repent|reproach|resent|revenge|rid|rob(?:b|e)|rotten|ruin|runaway|ruthless|sad(?:d|l"
    "|n)|savage|scar|scold|scorn|scream|secluded|sedat|sever|sex|shady|shame|shock|shoot|shot"
    "|shrapnel|shriek|shrill|sicken|sin(?:is|ner|less)|slap|slash|slaughter|slav|slay|smash|smoth"
    "|snap|sneak|snoop|spank|spook|spy|squeal|stab(?!il|l)|stalk|starv|steal|stifl|stink|strain"
    "|stranded|strang|strip|struggl|stuck|stump|suffer|suffoc|suspect|sweat|tackl|tarot|taunt|tear"
    "|terr(?:if|or)|theft|thief|threat|throb|thrash|thump|torch|torment|tortur|tox|trag|trap|trauma"
    "|trembl|trespass|trick|trigger|troubl|twist|ugly|uncle|uncloth|undead|undergar|underwear"
    "|undress|undy|uneasy|unfaith|unfit|unhapp|unlov|unrobe|unsafe|unwant|unwell|upset|useless"
    "|vanish|vengeful|venom|vice|victim|vile|violat|violen|virus|vomit|vulner|wail|war|weak|weapon"
    "|weep|whimper|whip|wicked|widow|wife|wimp|woe|worr|worthless|wound|wrath|wreck|wrong"
    "|afflict|alarm|batter|gigolo|mace|moneyless|pessimis|rasping|rehab|sulk|hostage|ransom|alibi"
    "|afraid|anguish|apprehen|arous|arson|badass|banish|blasph|boog(?:ey|ie)|bribe|buffoon|cathouse"
    "|celib|cesspool|chaperone|chast|clobber|corset|cring|crook|dastard|deceas|deceiv|decept|decompos"
    "|defam|degrad|demise|deplor|depos|deprav|derang|desecrat|detonat|devia|diabol|dictat|disfigur"
    "|divorc|elop|elud|elus|escap|espion|evacu|evad|evas|exhum|exorc|extinct|extort|extradit|fascis"
    "|fetal|fled|flinch|flogg|foe|gag|gambl|gangren|gonad|grim|gutless|handcuff|harsh|hazard|hazing"
    "|headless|helpline|henchm|humilia|idiocy|imbecil|immobil|impal|impeach|impot|impound|jeer|lurk"
    "|maim|malform|mama|mangl|manhandl|marr(?:ied|y)|mobster|morbid|morph|mortal|mortic|mortif"
    "|mortuar|mutilat|muzzl|narco|nast|negligee|nephew|niece|nutcase|obitua|opium|oppress|paraly"
    "|patriarch|matriarch|pauper|perjur|pesticid|phobia|pillag|posse|pounc|pregnan|prenatal|procreat"
    "|profan|provok|prude|prudish|pummel|punctur|racis|ransack|rant|ravag|raving|ravish|rectal"
    "|repos|repress|reprim|repuls|repugn|retali|revolt|revolver|rifling|rott|sabot|sacrific|sarcas"
    "|scald|scalp|scandal|scoundrel|seduc|seiz|sensua|shackl|shov|shun|sinist|skelet|skinhead|slain"
    "|slam|slander|slit|slug|slum|smite|snare|snitch|spite|spous|squatter|stomp|stung|subdu|submerg"
    "|suitor|sultry|surrend|swear|swor|tamper|tarantul|testif|thong|traitor|treason|tribun|trolling"
    "|undermin|unfeel|unguard|unhelp|unkind|unlaw|unlik|unmoral|unnerv|unwed|unwelc|urgen|vagab"
    "|vagran|vanquish|vendet|vexing|villain|viper|void|womb|worst|yank|yell|zit|zombie"
    "|aunt|brother|cousin|family|grandm|grandp|granddad|sibling|sister|stepfa|stepmo|relative"
)


@functools.cache
def words() -> tuple[str, ...]:
    """Every word that may stand in a code."""
    held = resources.files("xkcdpass").joinpath("static/eff-long").read_text().split()
    return tuple(w for w in held if w.isalpha() and not FRIGHTENING.search(w))


def new() -> str:
    """A new code: seven words drawn independently by the system's own chance."""
    return " ".join(secrets.choice(words()) for _ in range(WORDS))


def normal(typed: str) -> str:
    """A code as it is hashed, however it was typed: capitals, commas and line ends do not matter.

    Whatever is too long to be one becomes nothing, by the same path as a wrong one.
    """
    return " ".join(re.findall("[a-z]+", typed.lower())) if len(typed) <= LONGEST else ""
