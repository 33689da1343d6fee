"""What the chatbot says, and when each service answers, until a supervisor changes it.

For somebody of eleven, at a bad moment: short, warm, and every question can be skipped.
"""

from datetime import time

from contacts.bot import Choice, Fixed, Kind, Step, written
from helpline.foundation.staff.roles import Service

HOURS = {
    Service.HELPLINE: (time(9), time(23)),
    Service.IS_THIS_OK: (time(16), time(23)),
}
NOT_SAFE = Choice("I’m not safe", not_safe=True)
THANKS = "Thank you for telling me."


def say(name: str, text: str, then: str) -> Step:
    return Step(name, Kind.SAY, text, then)


def point(name: str, text: str, then: str) -> Step:
    return Step(name, Kind.SIGNPOST, text, then, place=Fixed.ELSEWHERE)


def choose(name: str, text: str, *choices: Choice, skipped: str) -> Step:
    return Step(name, Kind.CHOOSE, text, skipped, choices)


def beginning(what_for: str) -> list[Step]:
    """Who is speaking, and what stays private."""
    return [
        say("hello", f"Hi. I am a chatbot, not a person. {what_for}", "private"),
        say(
            "private",
            "You don’t have to say who you are. What you say stays between you and us. Only if"
            " someone could be badly hurt may we have to get help. To read more, look for"
            " “Confidentiality” at the end of this page.",
            "who-reads",
        ),
        say(
            "who-reads",
            "No person reads this until you ask for one. Then they can see what you told me, so you"
            " don’t have to say it again. You can skip any question.",
            "what",
        ),
    ]


WORDS = Step(
    "words", Kind.ASK, "Would you like to write a bit more? Use your own words.", "feelings"
)
FEELINGS = choose(
    "feelings",
    "How do you feel right now?",
    Choice("Scared", "heard"),
    Choice("Sad", "heard"),
    Choice("Angry", "heard"),
    Choice("Mixed up", "heard"),
    Choice("All right", "safe"),
    Choice("I can’t say", "safe"),
    NOT_SAFE,
    skipped="safe",
)
ENDING = [
    say("heard", "I am sorry it is like that. It makes sense that you feel this way.", "safe"),
    choose(
        "safe",
        "Are you safe where you are?",
        Choice("Yes", "now"),
        Choice("I don’t know", "not-sure"),
        NOT_SAFE,
        skipped="now",
    ),
    say(
        "not-sure",
        "That is fine. If it gets worse, press “I’m not safe”. It is there all the time, and it"
        " gets you a person first. If you are in danger, call 999.",
        "now",
    ),
    choose(
        "now",
        "What would you like now?",
        Choice("Talk to a person", "person"),
        Choice("See who else can help", "others"),
        Choice("That is all for now", "bye"),
        NOT_SAFE,
        skipped="person",
    ),
    Step(
        "others",
        Kind.SIGNPOST,
        "You can talk to them as well as to us.",
        "more",
        (),
        Fixed.ELSEWHERE,
    ),
    choose(
        "more",
        "Would you like to talk to one of us too?",
        Choice("Yes, please", "person"),
        Choice("Not now", "bye"),
        NOT_SAFE,
        skipped="person",
    ),
    Step(
        "person",
        Kind.HAND_OVER,
        "I am getting you a person. They can see what you told me. Please stay on this page.",
    ),
    Step(
        "bye",
        Kind.GOODBYE,
        "Thank you for being here. You can come back at any time, day or night. I hope things get"
        " a bit easier.",
    ),
]

HELPLINE = [
    *beginning("I can ask you a few things and get you someone to talk to."),
    choose(
        "what",
        "What is going on? Pick what fits best.",
        Choice("I am away from home", "away"),
        Choice("I think about leaving", "leaving"),
        Choice("I am back, and it is hard", "back"),
        Choice("Someone I know is missing", "missing"),
        Choice("I want to send a message to someone", "message"),
        Choice("Something else", "anything"),
        NOT_SAFE,
        skipped="words",
    ),
    say("away", f"{THANKS} There is no hurry. We can think with you about what to do.", "words"),
    say("leaving", f"{THANKS} It is good to talk first. We can think with you.", "words"),
    say("back", f"{THANKS} Being back can be as hard as being away. Many people say so.", "words"),
    say("missing", f"{THANKS} It is very hard not to know. You don’t have to wait alone.", "words"),
    say("message", f"{THANKS} A person here can help you. You choose what it says.", "words"),
    say("anything", "That is fine. You can tell it in your own way.", "words"),
    WORDS,
    FEELINGS,
    *ENDING,
]

IS_THIS_OK = [
    *beginning("If you wonder whether something is OK, you are in the right place."),
    choose(
        "what",
        "What is going on? Pick what fits best.",
        Choice("Someone scares me or puts me down", "scared"),
        Choice("Someone pushes me to do things", "pushed"),
        Choice("Someone I met online", "online"),
        Choice("Things at home", "home"),
        Choice("I worry about a friend", "friend"),
        Choice("Something else", "anything"),
        NOT_SAFE,
        skipped="words",
    ),
    say("scared", f"{THANKS} Nobody should make you feel small or scared.", "words"),
    say("pushed", f"{THANKS} You are allowed to say no, even if you said yes before.", "words"),
    say("online", f"{THANKS} Not all people online are who they say. It is good to ask.", "words"),
    say("home", f"{THANKS} It is hard when home does not feel good.", "words"),
    say("friend", f"{THANKS} It is kind of you to look out for them.", "words"),
    say("anything", "That is fine. You can tell it in your own way.", "words"),
    WORDS,
    FEELINGS,
    *ENDING,
]

SCRIPTS = {
    Service.HELPLINE: [written(step) for step in HELPLINE],
    Service.IS_THIS_OK: [written(step) for step in IS_THIS_OK],
}
