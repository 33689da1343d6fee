"""What is said in the demonstration's week: our own words, about nobody.

Each conversation is who speaks (p: the person, w: the worker, b: the chatbot), how many minutes
after the line before, and the words.
"""

CONVERSATIONS = [
    [
        ("b", 0, "Hello. Would you like to tell me what brings you here, or talk to someone?"),
        ("p", 1, "talk to someone please"),
        ("w", 2, "Hi, I'm here. You can take your time, and you don't have to say who you are."),
        ("p", 1, "i'm not at home at the moment. i left on friday"),
        ("w", 1, "Thank you for telling me. Are you somewhere you feel okay to stay tonight?"),
        ("p", 2, "yes my friend's. her mum knows"),
        ("w", 1, "I'm glad somebody knows. What would help most just now?"),
        ("p", 3, "i want my gran to know i'm ok but not where"),
        (
            "w",
            2,
            "We can pass a message like that. You choose the words, and nothing else goes with it.",
        ),
        ("p", 1, "ok. not today though. can i come back"),
        ("w", 1, "Any time, day or night."),
    ],
    [
        ("p", 0, "is this private"),
        (
            "w",
            1,
            "Yes. We can't see who or where you are. If we thought a life was in danger we'd talk"
            " to you about getting help.",
        ),
        ("p", 2, "my mates keep asking me to carry stuff for them. i don't know what's in it"),
        ("w", 2, "That sounds worrying. How do you feel when they ask?"),
        ("p", 1, "scared to say no"),
        (
            "w",
            1,
            "That makes sense, and it isn't your fault. Is there an adult you trust even a little?",
        ),
        ("p", 4, "maybe my form tutor"),
        ("w", 1, "Would it help to think through what you could say to them?"),
        ("p", 1, "yeah"),
    ],
    [
        ("p", 0, "hi. my daughter is 15 and didn't come home last night"),
        (
            "w",
            1,
            "I'm sorry, you must be very worried. Have you been able to speak to the police yet?",
        ),
        ("p", 1, "they have taken the details. i just don't know what to do with myself"),
        (
            "w",
            2,
            "Waiting is hard. I can stay with you a while, and tell you what usually happens next.",
        ),
        ("p", 3, "please"),
        ("w", 2, "Shall we start with the people she might get in touch with?"),
    ],
    [
        ("b", 0, "Hello. You can skip any question. How old are you, roughly?"),
        ("p", 0, "skip"),
        ("b", 0, "That's fine. Would you like to talk to a person?"),
        ("p", 1, "dont know. i think so"),
        ("w", 3, "Hello, I'm a helpline worker. No hurry at all."),
        ("p", 5, "i keep thinking about going back home but they said it will be the same"),
        ("w", 2, "What would need to be different for you to feel okay there?"),
        ("p", 2, "no shouting. and my own door that shuts"),
        ("w", 1, "Those are fair things to want."),
    ],
    [
        ("p", 0, "I went away for a few weeks and now I'm nervous about being back"),
        ("w", 1, "That's very common. What feels hardest?"),
        ("p", 1, "everyone asks why. I don't have an answer"),
        ("w", 2, "You don't owe anyone one. What would you like to be able to say?"),
        ("p", 2, "just that I'm back and I'd like it to be normal"),
        ("w", 1, "That's a good sentence. You could use exactly that."),
        ("p", 1, "ha ok. thank you"),
    ],
    [
        ("p", 0, "someone i met online wants me to come and see them. it's far"),
        ("w", 1, "Thanks for asking before going. What do you know about them?"),
        ("p", 2, "only what they told me"),
        ("w", 2, "Has anything made you wonder?"),
        ("p", 3, "they said not to tell my sister"),
        (
            "w",
            1,
            "I'm glad you're telling me. Being asked to keep it secret is worth listening to.",
        ),
        ("p", 2, "i thought so too. i won't go"),
        ("w", 1, "Would you like to talk about what to say to them, or how to stop the messages?"),
    ],
    [
        ("p", 0, "can you help with somewhere to sleep"),
        ("w", 1, "I can look with you. Are you safe right this minute?"),
        ("p", 1, "yes im in a library till 8"),
        (
            "w",
            2,
            "Good. There are two places that may have room tonight. I can read you both numbers.",
        ),
        ("p", 2, "ok got a pen"),
        ("w", 1, "And if neither works out, come back to us and we'll try again."),
    ],
    [
        ("p", 0, "my brother has been gone six years today"),
        ("w", 1, "That is a long time to carry. Would you like to tell me about him?"),
        ("p", 4, "he was funny. he could do any voice off the telly"),
        ("w", 2, "He sounds like somebody who lit up a room."),
        ("p", 3, "he did. nobody says his name any more so i came here to"),
        ("w", 1, "I'm glad you did. What was his best voice?"),
    ],
]

WAITING = [
    ("is-this-ok", "Otter", "hello is anyone there"),
    ("is-this-ok", None, "i dont know if this is the right place"),
    ("helpline", None, "Good evening. I would like some advice about my son, if you have time."),
]

NOTES = [
    "Caller asked how to pass a message to a parent. Explained how; they will think about it.",
    "Talked about where to stay tonight. They chose to ring the hostel themselves.",
    "Wanted to know what happens after a missing report. Explained; gave the number for support.",
]

# A chat whose person later asks for a copy: somebody else is named in it.
ASKED_ABOUT = [
    ("p", 0, "hi. i'm staying at my cousin's and i don't know how long i can"),
    ("w", 1, "Thank you for getting in touch. Does your cousin know how you feel about it?"),
    ("p", 2, "Leah is nice about it. she says call her on 07700 900312 if i don't get back"),
    ("w", 1, "It sounds as if she cares. You need not tell us how to reach her."),
    ("p", 3, "Leah had to leave home too. she lost her job over it"),
    ("w", 2, "That is hers to tell. What about you: what would make this week easier?"),
    ("p", 2, "somewhere i can leave my things"),
    ("w", 1, "We can look for a place with a locker together. Shall we?"),
    ("p", 1, "yes please"),
]

SURVEY = [
    ("Did talking to us help?", "Yes, a bit"),
    ("Is there anything we should change?", "shorter wait"),
]

REASONS = [
    "They said somebody has threatened them if they speak again, and may come back to us for help.",
    "They told us a younger child is still in the house. Social care has been asked to look.",
]

CONCERN = "They carry things for people they are afraid of, and want nobody to know of it yet."

SIGNPOSTS = [
    ("Childline", "Someone to talk to, for anyone under 19", "0800 1111, free, day and night"),
    ("Samaritans", "Someone to talk to about anything", "116 123, free, day and night"),
    ("Shelter", "Advice about somewhere to live", "Through their website or helpline"),
    ("NHS 111", "Health advice when it is not an emergency", "111, day and night"),
]

BACK_AGAIN = [
    ("p", 0, "hi its me again. i used my words to come back"),
    ("w", 1, "Welcome back. It’s good to hear from you. How has today been?"),
    ("p", 2, "a bit better. i spoke to my gran like we said"),
    ("w", 1, "That took courage. How did it feel afterwards?"),
]

NOT_SAFE = "im not safe he is outside my room"

QUICK_REPLIES = [
    ("Hello", "Hello, I’m a helpline worker. There is no hurry. {cursor}"),
    ("Still here", "I’m still here. Take all the time you need."),
    ("Coming back", "You can come back at any time. Ask for your words to come back with first."),
]
OWN_REPLY = "Hi, thank you for waiting. What would you like to talk about? {cursor}"

# What a caller asks for: the kind, their words, and the details.
REQUESTS = [
    (
        "pass-message",
        "Can you tell my mum I’m okay? Only that, nothing else.",
        {
            "name": "Alex Made-Up",
            "born": "4 July 2003",
            "reach": "07700 900 461",
            "recipient": "Jo Made-Up",
            "relation": "their mother",
            "route": "email",
            "route_to": "jo@example.org",
            "words": "I am okay and somewhere safe. Please do not worry about me.",
        },
    ),
    (
        "call-someone",
        "Could somebody ring my sister so that she stops searching?",
        {
            "name": "Alex Made-Up",
            "born": "4 July 2003",
            "reach": "07700 900 461",
            "recipient": "Max Made-Up",
            "relation": "their sister",
            "route": "phone",
            "route_to": "01632 960 812",
            "words": "Alex is safe and asks you to stop searching for now.",
        },
    ),
    (
        "call-back",
        "Ring me after my shift, please.",
        {
            "name": "Alex Made-Up",
            "born": "",
            "reach": "07700 900 461",
            "without": "They would rather not say when they were born.",
            "announce": "Robin, about the bike",
            "safety": "Only while at work. Somebody else may pick up at home.",
        },
    ),
]
