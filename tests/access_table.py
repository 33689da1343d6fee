"""Who may open what: this table is the specification, and `test_access` holds every page to it."""

from helpline.foundation.staff.roles import Scope

# w worker, s supervisor, l safeguarding lead, d DPO, a administrator; all of one service, w and s
# of one team. A page is open to the letters beside it, and for everyone else it does not exist.
PAGES = {
    "contact_list": "wsl",
    "staff_counts": "wsl",
    "contact_start": "ws",
    "holds": "sl",
    "on_call": "wsl",
    "alerts": "sl",
    "alerts_sign": "sl",
    "on_call_add": "sl",
    "notes_review": "s",
    "notes_back": "ws",
    "signposts": "s",
    "known_find": "sl",
    "known_ending": "sl",
    "handed_over_list": "ws",
    "pause": "ws",
    "hours": "s",
    "hours_close": "s",
    "chatbot": "s",
    "escalations": "wsl",
    "escalations_ending": "sl",
    "escalation_new": "wsl",
    "tasks": "sld",
    "recipients": "sl",
    "emergency_paper": "wsl",
    "chats": "ws",
    "chats_next": "ws",
    "chats_here": "ws",
    "chats_limit": "ws",
    "chats_told": "ws",
    "guidance": "s",
    "sent_anyway": "s",
    "addresses": "sl",
    "replies": "ws",
    "actions": "ws",
    "callbacks": "ws",
    "colleagues": "ws",
    "action_reply": "ws",
    "both_sides": "l",
    "authorities": "sld",
    "authority_log": "sl",
    "authority_duties": "sld",
    "authority_counts": "ld",
    "locations": "sl",
    "wordings": "wsld",
    "lost_bases": "ld",
    "rights": "ld",
    "rights_new": "wsld",
    "rights_closed": "d",
    "rights_restricted": "ld",
    "suppliers": "da",
    "supplier_new": "d",
    "retention": "d",
    "retention_schedule": "d",
    "trustees": "d",
    "brake": "ld",
    "brake_lift": "ld",
    "staff_people": "a",
    "staff_invite": "a",
    "staff_new_team": "a",
    "staff_approvals": "lda",
    "staff_partners": "a",
    "staff_new_partner_key": "a",
    "figures": "sld",
    "figures_file": "sld",
}

# The same for pages about one record. Contacts: the worker's `own`; a colleague's, `other`; `other
# team`'s; the worker's own that `ended` two days ago; one that ended in another team and is `held`;
# one that is `held here`, in the supervisor's; one `waiting`; one past its 18 months, `gone`; one
# of another service, `elsewhere`.
READ = {"own": "ws", "other": "s", "ended": "s", "held": "l", "held here": "sl", "waiting": "s"}
WRITE = {"own": "ws", "other": "s", "ended": "s", "held here": "s", "waiting": "s"}
HOLD = {"held": "l", "held here": "sl"}
SUPERVISE = dict.fromkeys(WRITE, "s")
# Requests: the worker's `own`, a `colleague's`, one that `nobody` owns, one of an `other team`, one
# past its 18 months, `gone`; and what lost its basis, in the service and `elsewhere`.
REQUEST = {"own": "ws", "colleague's": "s", "nobody": "ws"}
# Conversations by text: as contacts are.
CONVERSATION = {"own": "ws", "other": "s"}
# What authorities ask: in the service and `elsewhere`. Locations: asked for about a contact of the
# supervisor's team and of an `other team`; one to which an answer was `found`.
ENQUIRY = {"ours": "sld"}
LOCATION = {"ours": "sl", "found": "sl", "other team": "l"}
MINE = {"own": "w"}  # while in contact, and nobody else
KNOWN = {"linked": "ws", "unlinked": "s"}
SEEN = {"linked": "wsl", "unlinked": "sl"}
# Worries: the worker's `own`, a colleague's, `other`, one of an `other team`, the worker's that
# was `closed`, one past its years, `gone`, and one of another service, `elsewhere`.
WORRY = {"own": "wsl", "other": "sl", "other team": "l", "closed": "wsl"}
# Requests about data: one `in review`, and one that waits `to approve`.
RIGHTS = {"in review": "d", "to approve": "d"}
# What is shared because of them, and what is owed afterwards.
DECIDE = {"own": "sl", "other": "sl", "other team": "l"}
PEOPLE = {"colleague": "a", "oneself": "a", "invited": "a"}
SCRIPT = {"draft": "s", "in use": "s"}
DRAFT = {"draft": "s"}
ROLES = {"in force": "a", "asked": "a"}
RECORDS = {
    "contact": READ,
    "contact_rights": WRITE | {"held": "l", "held here": "sl"},
    "rights_request": RIGHTS | {"to approve": "ld"},
    "rights_move": RIGHTS | {"to approve": "ld"},
    "rights_scope": RIGHTS | {"to approve": "ld"},
    "rights_find": RIGHTS,
    "rights_read": RIGHTS,
    "rights_letter": RIGHTS,
    "rights_corrections": {"to correct": "d"},
    "rights_correction_out": {"to correct": "d"},
    "rights_correction_old": {"to correct": "d"},
    "rights_restricted_use": RIGHTS | {"in review": "", "to approve": ""},
    "contact_escalate": READ,
    "contact_colleague": WRITE,
    "colleague_question": {"the worker's": "ws"},
    "escalation_consult": WORRY,
    "escalation": WORRY,
    "escalation_move": WORRY,
    "escalation_emergency": WORRY,
    "escalation_share": DECIDE | {"closed": "sl"},
    "escalation_named": DECIDE | {"closed": "sl"},
    "contact_emergency": READ,
    "share": DECIDE,
    "share_why": DECIDE,
    "share_talk": DECIDE,
    "share_items": DECIDE,
    "share_to": DECIDE,
    "share_move": DECIDE,
    "share_approve": DECIDE,
    "share_read": DECIDE,
    "recipient_approve": {"listed": "sl", "named": "sl", "named elsewhere": "l"},
    "recipient_drop": {"listed": "sl", "named": "sl", "named elsewhere": "l"},
    "task_settle": {"own": "sl", "breach": "sld", "breach elsewhere": "ld"},
    "escalation_debrief": WORRY,
    "escalation_looked_at": {"own": "sl", "other": "sl", "other team": "l", "closed": "sl"},
    "contact_note": WRITE,
    "contact_draft": WRITE,
    "contact_end": WRITE,
    "contact_step": WRITE,
    "contact_topics": WRITE,
    "contact_signpost": WRITE,
    "contact_basis": WRITE,
    "contact_consents": WRITE,
    "contact_withdraw": WRITE,
    "contact_ask": WRITE,
    "action": REQUEST,
    "action_details": REQUEST,
    "action_show": REQUEST,
    "action_move": REQUEST,
    "action_approve": {"own": "s", "colleague's": "s", "nobody": "s"},
    "rights_review": RIGHTS | {"to approve": "ld"},
    "rights_gather": RIGHTS,
    "rights_release_own": RIGHTS,
    "rights_names": RIGHTS,
    "rights_item": RIGHTS,
    "rights_item_undo": RIGHTS,
    "rights_erasure": {"to delete": "d"},
    "rights_erasure_item": {"to delete": "d"},
    "rights_bundle": RIGHTS,
    "rights_bundle_progress": RIGHTS,
    "rights_bundle_begin": RIGHTS,
    "rights_bundle_link": RIGHTS | {"in review": "", "to approve": ""},
    "authority": ENQUIRY,
    "authority_move": ENQUIRY,
    "authority_acknowledgement": ENQUIRY,
    "authority_reply": ENQUIRY,
    "location": LOCATION,
    "location_move": LOCATION,
    "location_show": {"found": "sl"},
    "location_ask": LOCATION,
    "lost_basis_settle": {"ours": "ld"},
    "note_review": {"the worker's": "s"},
    "note_answer": {"sent back": "w"},
    "signpost_drop": {"listed": "s"},
    "supplier": {"approved": "da"},
    "supplier_review": {"approved": "d"},
    "supplier_move": {"approved": "d"},
    "hours_span": {"Monday": "s"},
    "hours_span_remove": {"Monday": "s"},
    "hours_closure_remove": {"Christmas": "s"},
    "chatbot_script": SCRIPT,
    "chatbot_draft": SCRIPT,
    "chatbot_preview": SCRIPT,
    "chatbot_publish": DRAFT,
    "chatbot_discard": DRAFT,
    "chatbot_step": DRAFT,
    "chatbot_move": DRAFT,
    "chatbot_remove": DRAFT,
    "known": SEEN,
    "known_looked_at": {"linked": "sl", "unlinked": "sl"},
    "known_identity": SEEN,
    "known_change": KNOWN,
    "known_entry": KNOWN,
    "known_plan": KNOWN,
    "known_consent_back": KNOWN,
    "known_promise": {"promised": "ws"},
    "known_contact": MINE,
    "known_keep": MINE,
    "known_link": MINE,
    "known_unlink": MINE,
    "known_hand_over": {},
    "handed_over": {"copy": "ws"},
    "handed_over_take": {"copy": "ws"},
    "contact_take": dict.fromkeys(["own", "other", "other team", "waiting"], "ws"),
    "hold_place": WRITE | {"own": "s", "held": "l", "held here": "sl"},
    "chats_one": WRITE,
    "chats_say": WRITE,
    "chats_draft": WRITE,
    "chats_writing": WRITE,
    "chats_pass": WRITE,
    "chats_ask": WRITE,
    "chats_end": WRITE,
    "chats_join": SUPERVISE,
    "chats_leave": SUPERVISE,
    "written_safety": CONVERSATION,
    "written_keep": CONVERSATION,
    "address_ask": {"own": "s", "other": "s", "held": "l"},
    "address_decide": {"the supervisor's": "l"},
    "address_see": {"the supervisor's": "s"},
    "guidance_answer": {"the worker's": "s"},
    "sent_anyway_seen": {"the worker's": "s"},
    "reply_change": {"the worker's": "w", "shared": "s"},
    "reply_remove": {"the worker's": "w", "shared": "s"},
    "on_call_change": {"on call": "sl"},
    "on_call_remove": {"on call": "sl"},
    "hold_not_needed": {"own": "sl", "other": "sl", "other team": "l", "closed": "sl"},
    "hold_approve": HOLD,
    "hold_review": HOLD,
    "hold_release": {"held": "l", "held here": "l"},
    "staff_person": PEOPLE,
    "staff_place": PEOPLE,
    "staff_ask_for_role": PEOPLE,
    "staff_deactivate": PEOPLE,
    "staff_invite_again": PEOPLE,
    "staff_end_role": ROLES,
    "staff_approve_role": {"asked": "lda", "in force": "lda"},
    "staff_turn_down_role": {"asked": "lda", "in force": "lda"},
    "staff_end_partner_key": {"in force": "a", "ended": "a"},
}

# Contacts that are opened by what they are called.
BY_HANDLE = {"contact_find": READ}
# Pages below /staff/people-known/ that are about the contact of whoever is in touch now.
ABOUT_A_CONTACT = {"known_contact", "known_keep", "known_link", "known_unlink", "known_hand_over"}

# What partner systems' keys open, by the scope that each asks for; to staff nothing here is open.
INTERFACE = {
    "transcripts-list": Scope.ADD_TRANSCRIPTS,
    "figures-list": Scope.READ_FIGURES,
    "interface_nothing": None,
}

# One's own account, whatever one's roles; those marked are also open before a second factor exists.
OWN_ACCOUNT = {
    "staff_home",
    "staff_still_here",
    "account_change_password",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
}
ENROLMENT = {
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "staff_totp_picture",
    "account_reauthenticate",
}

PUBLIC = {"welcome", "notice", "notice_version", "exit", "health"}
PUBLIC |= {"chat", "chat_screen", "chat_say", "chat_here", "chat_writing", "chat_person"}
PUBLIC |= {"chat_look", "chat_consent", "chat_code", "chat_stop", "chat_survey", "chat_thanks"}
PUBLIC |= {"chat_answer"}
PUBLIC |= {"back", "back_carry_on", "back_read"}
PUBLIC |= {"bundle_fetch"}
PUBLIC |= {"by_code", "by_code_file", "by_code_correct", "by_code_restrict"}
PUBLIC |= {"by_code_take_back", "by_code_delete", "by_code_keep"}
PUBLIC |= {"your_data", "your_data_answer"}
PUBLIC |= {"texts_in", "mail_in"}  # whoever calls must sign
PUBLIC |= {"interface", "interface_json", "interface_yaml"}  # what other systems can do here
ON_THE_WAY_IN = {
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "staff_invitation",
    "demo_sign_in",
}

# Streams: the permission's holders, and the contacts whose lines each of them is sent.
VISITORS = "the person whose chat it is"
STREAM_TABLE = {"live/chat/": VISITORS, "live/contact/<uuid:pk>/": READ, "live/contacts/": "wsl"}
STREAM_TABLE["live/chats/"] = "ws"
STREAM_TABLE["live/escalations/"] = "wsl"

EXTRA = {
    "texts_in": {"provider": "signed"},
    "mail_in": {"provider": "mailgun"},
    "notice": {"slug": "privacy"},
    "notice_version": {"slug": "privacy", "number": 1},
    "contact_list": {"which": "ended"},
    "account_reset_password_from_key": {"uidb36": "abc", "key": "def-123"},
    "staff_invitation": {"token": "invented"},
    "bundle_fetch": {"token": "invented"},
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_remove_webauthn": {"pk": 1},
}
