"""Mails say the same in both forms, and what people call things stays a text."""

import smtplib
from smtplib import SMTPException

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template import Context, Template
from django.template.exceptions import TemplateSyntaxError

from brainstem.core.mail.message import PIECES, PREVIEW, compose, message_of
from brainstem.core.mail.sending import deliver, reason, send_later, unsent
from brainstem.core.text.lines import one_line

NASTY = '<b>Tom & "Jerry"</b>\r\nBcc: all@lab.example {{ 1 }} [x](https://evil.example)'
OFFER = {
    "person": "alice@lab.example",
    "asked": False,
    "guest": "bob@lab.example",
    "guest_is_person": True,
    "level": "member",
    "host": "the project Replay",
    "address": "https://brainstem.example/x/?a=1&b=2",
    "offer": {"message": "", "expires_at": None},
}


def written(source: str, **context):
    """The message that a template of these words makes."""
    pieces = []
    own = {PIECES: pieces, PREVIEW: False}
    Template("{% load mail %}" + source).render(Context(own | context, autoescape=False))
    return message_of(pieces)


def test_both_forms_say_the_same():
    message = compose("joining/offered", OFFER)
    words = "alice@lab.example has invited you to the project Replay as member."
    assert words in message.text()
    assert words in message.html()
    assert "Respond:\nhttps://brainstem.example/x/?a=1&b=2\n" in message.text()
    assert 'href="https://brainstem.example/x/?a=1&amp;b=2"' in message.html()
    assert message.preheader == words


def test_what_things_are_called_is_neither_markup_nor_a_header():
    message = compose("joining/offered", OFFER | {"host": NASTY, "offer": {"message": NASTY, "expires_at": None}})
    sent = message.to("bob@lab.example").message()
    assert sent["Bcc"] is None
    assert "\n" not in message.subject
    assert '<b>Tom & "Jerry"</b>' in message.text()
    assert "<b>" not in message.html()
    assert "&lt;b&gt;Tom &amp; &quot;Jerry&quot;&lt;/b&gt;" in message.html()
    assert "{{ 1 }}" in message.html()
    assert 'href="https://evil.example' not in message.html()


def test_a_line_break_ends_no_paragraph_but_stands_in_what_somebody_wrote():
    source = "{% subject %}S{% endsubject %}{% p %}{{ x }}{% endp %}{% quote %}{{ x }}{% endquote %}"
    message = written(source, x="one\n\ntwo")
    assert [piece.text for piece in message.pieces] == ["one two", "one\n\ntwo"]
    assert message.text().startswith("one two\n\n> one\n>\n> two\n")


def test_an_empty_part_is_left_out():
    message = written("{% subject %}S{% endsubject %}{% p %}Hello.{% endp %}{% quote %} {% endquote %}")
    assert [piece.kind for piece in message.pieces] == ["p"]


def test_a_link_stands_whole_on_a_line_of_its_own():
    link = "https://brainstem.example/" + "k" * 200 + "-" + "m" * 200 + "/"
    message = written(
        "{% subject %}S{% endsubject %}{% action x %}Open{% endaction %}{% p %}See {{ x }}{% endp %}", x=link
    )
    assert f"Open:\n{link}\n" in message.text()
    assert message.text().count(link) == 2


def test_a_long_subject_is_cut():
    message = written("{% subject %}{{ x }}{% endsubject %}{% p %}P{% endp %}", x="word " * 100)
    assert len(message.subject) <= 150


@pytest.mark.parametrize(
    "source", ["{% p 1 %}x{% endp %}", "{% action %}x{% endaction %}", "{% fact 1 2 %}x{% endfact %}"]
)
def test_a_tag_with_wrong_values_is_refused(source):
    with pytest.raises(TemplateSyntaxError, match="takes"):
        written(source)


def test_control_characters_are_gone():
    assert one_line("a\x1b[2J\u202eb\tc\n") == "a [2J b c"


# -- sending -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def dead_server(monkeypatch):
    """A mail server that is down."""

    def refuse(self, *_args, **_options):
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)


def test_a_mail_goes_out_in_both_forms_and_asks_for_no_answer(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send_later("joining/offered", OFFER, ["bob@lab.example"])
    [sent] = outbox.outbox
    assert sent.to == ["bob@lab.example"]
    [(html, kind)] = [(part.content, part.mimetype) for part in sent.alternatives]
    assert (kind, "<!DOCTYPE html>" in html) == ("text/html", True)
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_what_is_done_quietly_sends_nothing(db, django_capture_on_commit_callbacks):
    with unsent(), django_capture_on_commit_callbacks(execute=True):
        send_later("joining/offered", OFFER, ["bob@lab.example"])
    assert outbox.outbox == []
    assert deliver(compose("joining/offered", OFFER).to("bob@lab.example"))
    assert len(outbox.outbox) == 1


def test_without_anybody_nothing_is_written(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send_later("joining/offered", {}, [])
    assert outbox.outbox == []


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_is_down_undoes_nothing(dead_server, caplog):
    with transaction.atomic():
        send_later("joining/offered", OFFER, ["bob@lab.example"])
    assert "could not be sent: ConnectionRefusedError" in caplog.text
    assert "bob@lab.example" not in caplog.text


def test_an_address_that_smuggles_a_header_is_not_sent_to(caplog):
    assert not deliver(compose("joining/offered", OFFER).to("bob@lab.example\nBcc: all@lab.example"))
    assert "could not be sent" in caplog.text
    assert "@lab.example" not in caplog.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (smtplib.SMTPRecipientsRefused({"bob@lab.example": (550, b"no <bob@lab.example> here")}), "550 no <…> here"),
        (SMTPException("bob@lab.example\nis away"), "SMTPException: … is away"),
    ],
)
def test_a_reason_is_one_line_without_addresses(error, words):
    assert reason(error) == words
