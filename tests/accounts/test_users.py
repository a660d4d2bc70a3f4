import pytest

from ipweek.accounts import passwords, service, sessions
from ipweek.accounts.models import AuditEntry, User
from ipweek.accounts.schema import Person
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from ipweek.extensions import db
from tests import make

WHERE = {"address": "10.1.2.3", "browser": ""}
RULES = service.PasswordRules()
OWN = "梧桐-落叶-三片"


@pytest.fixture
def admin(app):
    return make.person("office", "admin")


def named(username):
    return db.session.query(User).filter_by(username=username).one_or_none()


def new(by, **changes):
    return service.add(
        **{"username": "minhang7", "name": "陈立", "unit_id": make.unit("minhang").id, "roles": ["filler"], **changes}, by=by
    )


def test_a_new_user_gets_a_first_password_that_must_be_changed(admin):
    slip = new(admin)

    user = named("minhang7")
    assert (slip.username, slip.name, slip.unit_name) == ("minhang7", "陈立", "闵行区")
    assert user.must_change_password
    assert passwords.matches(user.pw_hash, slip.password)


def test_no_password_stands_in_the_audit_log(admin):
    slip = new(admin)
    again = service.reset_password(named("minhang7"), by=admin)

    told = [line.detail for line in db.session.query(AuditEntry)]
    assert not any(password in text for text in told for password in (slip.password, again.password))
    assert [line.action for line in db.session.query(AuditEntry).order_by(AuditEntry.id)] == ["user.add", "password.reset"]


def test_a_log_in_name_is_kept_in_lower_case_and_belongs_to_one(admin):
    new(admin, username=" MinHang7 ")

    assert named("minhang7") is not None
    with pytest.raises(Conflict):
        new(admin, username="MINHANG7", name="另一人")


@pytest.mark.parametrize("username", ["", "a", "陈立", "-x", "a b@c", "x" * 33, "a\x00b'"])
def test_a_log_in_name_is_short_and_plain(admin, username):
    with pytest.raises(Invalid) as refused:
        new(admin, username=username)

    assert set(refused.value.fields) == {"username"}


def test_all_that_is_wrong_is_said_at_once(admin):
    with pytest.raises(Invalid) as refused:
        new(admin, username="陈立", name=" ", unit_id=0)

    assert set(refused.value.fields) == {"username", "name", "unit_id"}


@pytest.mark.parametrize("roles", [["admin", "auditor"], ["captain"], []])
def test_admin_and_auditor_are_never_one_person(admin, roles):
    with pytest.raises(Invalid):
        new(admin, unit_id=make.unit("office").id, roles=roles)


def test_office_roles_belong_to_the_office(admin):
    with pytest.raises(Invalid):
        new(admin, roles=["clerk"])


@pytest.mark.parametrize(
    "unit, roles", [("minhang", ["viewer"]), ("minhang", ["admin"]), ("office", ["filler"]), ("minhang", ["filler", "developer"])]
)
def test_the_office_adds_fillers_and_approvers_of_units_and_nobody_else(app, unit, roles):
    clerk = make.person("office", "clerk")

    with pytest.raises(Forbidden):
        new(clerk, unit_id=make.unit(unit).id, roles=roles)

    assert new(clerk, roles=["filler", "approver"])


@pytest.mark.parametrize("role", ["admin", "auditor", "viewer", "clerk", "head"])
def test_the_office_does_not_even_see_the_accounts_it_does_not_keep(app, role):
    clerk = make.person("office", "clerk")
    other = make.user("office", role)

    with pytest.raises(NotFound):
        service.get(other.id, by=clerk)
    assert service.people(by=clerk) == []


@pytest.mark.parametrize("role", ["filler", "approver", "viewer", "auditor", "developer"])
def test_others_keep_no_accounts(app, role):
    by = make.person("office" if role in ("viewer", "auditor") else "minhang", role)

    with pytest.raises(Forbidden):
        service.people(by=by)
    with pytest.raises(Forbidden):
        service.get(by.id, by=by)
    with pytest.raises(Forbidden):
        new(by)


def test_a_clerk_can_not_raise_somebody_above_himself(app):
    clerk = make.person("office", "clerk")
    filler = make.user("minhang")

    with pytest.raises(Forbidden):
        service.change(filler, name=filler.name, unit_id=filler.unit_id, roles=["admin"], by=clerk)

    assert filler.roles == ["filler"]


@pytest.mark.parametrize("what", ["close", "demote"])
def test_the_last_administrator_stays(app, what):
    last = make.user("office", "admin")
    by = Person(last.id, last.username, last.name, frozenset(last.roles), last.unit_id, "", "", "office", "office", 0, "")

    def act():
        if what == "close":
            service.close(last, by=by)
        else:
            service.change(last, name=last.name, unit_id=last.unit_id, roles=["viewer"], by=by)

    with pytest.raises(Conflict, match="最后一位系统管理员"):
        act()
    make.user("office", "admin")
    act()


@pytest.mark.parametrize("what", ["close", "demote"])
def test_the_last_of_the_office_stays(admin, what):
    last = make.user("office", "clerk")

    def act():
        if what == "close":
            service.close(last, by=admin)
        else:
            service.change(last, name=last.name, unit_id=last.unit_id, roles=["viewer"], by=admin)

    with pytest.raises(Conflict, match="最后一位工作人员"):
        act()
    make.user("office", "head")
    act()


@pytest.mark.parametrize("what", ["close", "demote"])
def test_the_last_auditor_stays(admin, what):
    last = make.user("office", "auditor")

    def act():
        if what == "close":
            service.close(last, by=admin)
        else:
            service.change(last, name=last.name, unit_id=last.unit_id, roles=["viewer"], by=admin)

    with pytest.raises(Conflict, match="最后一位审计员"):
        act()
    make.user("office", "auditor")
    act()


def test_the_last_of_the_office_may_become_its_head(admin):
    last = make.user("office", "clerk")

    service.change(last, name=last.name, unit_id=last.unit_id, roles=["head"], by=admin)

    assert last.roles == ["head"]


def test_a_change_on_what_is_no_longer_so_is_refused(admin):
    user = make.user("minhang")
    seen = service.mark(user)
    service.change(user, name="新名字", unit_id=user.unit_id, roles=["filler"], seen=seen, by=admin)

    with pytest.raises(Conflict, match="刚被别人改过"):
        service.change(user, name="另一个名字", unit_id=user.unit_id, roles=["filler"], seen=seen, by=admin)

    assert user.name == "新名字"


def test_a_leaver_can_not_log_in_and_comes_back_with_a_new_password(admin, known_hash):
    user = make.user("minhang", pw_hash=known_hash)
    token = sessions.log_in(user.username, make.PASSWORD, **WHERE)

    service.close(user, by=admin)

    assert sessions.person_of(token, limits=sessions.Limits()) is None
    with pytest.raises(Conflict):
        service.reset_password(user, by=admin)
    slip = service.reopen(user, by=admin)
    with pytest.raises(Invalid):
        sessions.log_in(user.username, make.PASSWORD, **WHERE)
    assert sessions.log_in(user.username, slip.password, **WHERE)


def test_a_reset_ends_the_old_password_the_log_ins_and_the_waiting(admin, known_hash):
    user = make.user("minhang", pw_hash=known_hash)
    token = sessions.log_in(user.username, make.PASSWORD, **WHERE)
    for _ in range(5):
        with pytest.raises(Invalid):
            sessions.log_in(user.username, "falsch-und-lang", **WHERE)

    slip = service.reset_password(user, by=admin)

    assert sessions.person_of(token, limits=sessions.Limits()) is None
    with pytest.raises(Invalid):
        sessions.log_in(user.username, make.PASSWORD, **WHERE)
    assert sessions.log_in(user.username, slip.password, **WHERE)


@pytest.fixture
def owner(app, known_hash):
    """Somebody logged in, and his other log-in."""
    user = make.user("minhang", pw_hash=known_hash)
    tokens = [sessions.log_in(user.username, make.PASSWORD, **WHERE) for _ in range(2)]
    return [sessions.person_of(token, limits=sessions.Limits()) for token in tokens]


def test_changing_the_password_ends_the_other_log_ins(owner):
    here, there = owner

    service.change_own_password(make.PASSWORD, OWN, rules=RULES, by=here)

    assert sessions.person_of(here.token, limits=sessions.Limits())
    assert sessions.person_of(there.token, limits=sessions.Limits()) is None
    assert sessions.log_in(here.username, OWN, **WHERE)


def test_changing_the_password_needs_the_old_one_and_guessing_it_is_slowed_down(owner):
    here, _ = owner

    for _ in range(5):
        with pytest.raises(service.WrongPassword):
            service.change_own_password("falsch-und-lang", OWN, rules=RULES, by=here)
    with pytest.raises(TooMany):
        service.change_own_password(make.PASSWORD, OWN, rules=RULES, by=here)


@pytest.mark.parametrize("new_password", ["kurz", "minhang2024", "闵行区闵行区闵行", make.PASSWORD])
def test_a_weak_new_password_is_refused_with_the_reason(owner, new_password):
    with pytest.raises(Invalid) as refused:
        service.change_own_password(make.PASSWORD, new_password, rules=RULES, by=owner[0])

    assert set(refused.value.fields) == {"new"}


def test_a_site_may_ask_for_longer_passwords(owner):
    with pytest.raises(Invalid, match="至少要 12 个字"):
        service.change_own_password(make.PASSWORD, OWN, rules=service.PasswordRules(length=12), by=owner[0])


def test_people_are_found_by_name_log_in_name_unit_and_role(admin):
    li = make.user("minhang", name="李慧", username="lihui")
    make.user("xuhui", "approver", name="王强", username="wangqiang")
    closed = make.user("minhang", name="张离", username="zhangli", is_active=False)

    def found(**asked):
        return {user.username for user in service.people(by=admin, **asked)} - {admin.username}

    assert found() == {"lihui", "wangqiang"}
    assert found(text="慧") == found(text=" LiHui") == found(unit_id=li.unit_id) == found(role="filler") == {"lihui"}
    assert found(closed=True) == {"lihui", "wangqiang", closed.username}
    assert found(text="100%_\\'") == set()
