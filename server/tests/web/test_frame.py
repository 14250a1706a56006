"""The frame of every page: it runs under the content policy, and reads well on every screen."""

import pytest

PAGES = {"landing": "/", "sign-in": "/account/login/", "register": "/account/signup/"}


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_well(visit, name, phone):
    visitor = visit(phone=phone)
    assert visitor.go(PAGES[name]).status == 200
    visitor.look(name)


def test_who_is_signed_in_sees_their_name(visitor, alice):
    visitor.sign_in(alice.user)
    visitor.go("/")
    assert alice.user.first_name in visitor.text
    assert "Sign in" not in visitor.text


def test_an_error_in_a_page_is_noticed(visitor):
    visitor.expect("status of 404")
    assert visitor.go("/nothing").status == 404
    assert "There is nothing here" in visitor.text
    visitor.page.evaluate("console.error('seen')")
    assert [problem for problem in visitor.problems if "seen" in problem]
    visitor.problems.clear()
