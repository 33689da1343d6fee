"""What the system says in a chat, to a person who may be young and frightened: fixed words."""

JOINED = "Someone else from our team has joined this chat, to help."
LEFT = "The other person from our team has left this chat."
PASSED_ON = (
    "Another helpline worker is taking over now. They can read this chat, so you don’t have to"
    " start again."
)
BACK = (
    "We’ll be back with you. You are first in line for the next person who is free. You don’t have"
    " to start again."
)
BESIDE = "Someone else from our team is here too."
