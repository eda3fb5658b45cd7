"""Merging two enterprises: what moves, is kept, is refused, and the cost."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import review
from projects.data_quality import report
from projects.history import delete, save
from projects.models import Enterprise, FormerCode, Project
from projects.models.history import UNCOMPARED
from projects.review import merge
from tests.factories import make_area, make_enterprise, make_project, make_source, make_user

pytestmark = pytest.mark.django_db

ONE, OTHER = "91110000600037341L", "91350100M000100Y43"


def pair(old=None, into=None):
    return (
        make_enterprise(**{"code": "KS-1", "name": "Xingda Textile"} | (old or {})),
        make_enterprise(**{"code": "KS-2", "name": "Xinjiang Xingda"} | (into or {})),
    )


def refusal(old, into):
    """The messages with which a merge is refused, by field if it has one; nothing was written."""
    before = Enterprise.history.count()
    with pytest.raises(ValidationError) as caught:
        merge.merge(old, into, None)
    assert set(Enterprise.objects.values_list("code", flat=True)) >= {old.code, into.code}
    assert Enterprise.history.count() == before
    assert not FormerCode.objects.exists()
    error = caught.value
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def test_projects_that_the_one_leads_or_takes_part_in_name_the_other():
    old, into = pair()
    third = make_enterprise(code="third")
    led = make_project(enterprise=old, partners=[third])
    joined = make_project(enterprise=third, partners=[old])
    alone = make_project(partners=[old])
    others = make_project(enterprise=third, partners=[into])

    merged = merge.merge(old, into, None)

    assert (merged.code, merged.into, merged.led, merged.partnered) == ("KS-1", into, 1, 2)
    for project in (led, joined, alone, others):
        project.refresh_from_db()
    assert (led.enterprise, set(led.partners.all())) == (into, {third})
    assert (joined.enterprise, set(joined.partners.all())) == (third, {into})
    assert (alone.enterprise, set(alone.partners.all())) == (None, {into})
    assert others.version == 1
    assert not Enterprise.objects.filter(code="KS-1").exists()


def test_partners_are_kept_once_and_without_the_lead():
    old, into = pair()
    both = make_project(partners=[old, into])
    led_by_old = make_project(enterprise=old, partners=[into])
    led_by_into = make_project(enterprise=into, partners=[old])

    merge.merge(old, into, None)

    assert list(both.partners.all()) == [into]
    for project in (led_by_old, led_by_into):
        project.refresh_from_db()
        assert (project.enterprise, list(project.partners.all())) == (into, [])


def test_each_changed_record_has_one_history_row_with_reason_and_user():
    old, into = pair()
    projects = [make_project(enterprise=old), make_project(partners=[old])]
    untouched = make_project(enterprise=into)
    office = make_user("superuser")

    merge.merge(old, into, office)

    gone = Enterprise.history.filter(code="KS-1").order_by("history_id")
    assert [row.history_type for row in gone] == ["+", "-"]
    for history in (into.history, *(project.history for project in projects)):
        assert [row.history_type for row in history.order_by("history_id")] == ["+", "~"]
        assert history.latest().version == 2
    for row in (gone.last(), into.history.latest(), *(p.history.latest() for p in projects)):
        assert row.history_change_reason == "merged KS-1 into KS-2"
        assert row.history_user == office
    assert untouched.history.count() == 1
    assert [one for one in report.findings() if one.is_error] == []


def test_a_reason_with_two_long_codes_still_fits():
    old, into = pair({"code": "a" * 64}, {"code": "b" * 64})

    merge.merge(old, into, None)

    reason = into.history.latest().history_change_reason
    assert reason == f"merged {'a' * 39}… into {'b' * 39}…"
    assert FormerCode.objects.get().code == "a" * 64


def test_blank_fields_are_filled_and_names_notes_and_sources_are_combined():
    press, office, area = make_source(), make_source(), make_area()
    old, into = pair(
        {
            "name_zh": "兴达纺织",
            "aliases": "XD\nXinjiang Xingda",
            "uscc": ONE,
            "origin": "CN-ZJ",
            "kind": "private",
            "area": area,
            "settled_on": date(2023, 11, 11),
            "note": "Its district is not known.",
            "sources": [press, office],
        },
        {"aliases": "Xingda", "note": "Founded in 2001.", "sources": [office]},
    )

    record = merge.merge(old, into, None).into

    record.refresh_from_db()
    assert (record.name, record.name_zh) == ("Xinjiang Xingda", "兴达纺织")
    assert record.alias_list() == ["Xingda", "Xingda Textile", "XD"]
    assert (record.uscc, record.origin, record.kind) == (ONE, "CN-ZJ", "private")
    assert (record.area, record.settled_on) == (area, date(2023, 11, 11))
    assert record.note == "Founded in 2001.\nIts district is not known."
    assert set(record.sources.all()) == {press, office}
    assert list(Enterprise.objects.matching("Xingda Textile")) == [record]


def test_values_stay_where_the_other_enterprise_has_none():
    area = make_area()
    old, into = pair({"name": "", "name_zh": "兴达"}, {"uscc": ONE, "area": area, "note": "Kept."})

    record = merge.merge(old, into, None).into

    assert (record.name_zh, record.aliases) == ("兴达", "")
    assert (record.uscc, record.area, record.note) == (ONE, area, "Kept.")


@pytest.mark.parametrize(
    ("field", "one", "other", "shown"),
    [
        ("uscc", ONE, OTHER, (ONE, OTHER)),
        ("kind", "private", "state_owned", ("private", "state-owned")),
        ("origin", "CN-ZJ", "KZ", ("Zhejiang", "Kazakhstan")),
        ("settled_on", date(2023, 11, 11), date(2023, 11, 12), ("2023-11-11", "2023-11-12")),
    ],
)
def test_contradictions_are_refused_by_field(field, one, other, shown):
    old, into = pair({field: one}, {field: other})

    label = Enterprise._meta.get_field(field).verbose_name
    sentence = "%s: “KS-1” has “%s”, and “KS-2” has “%s”. Correct or clear one of them first."
    assert refusal(old, into) == {field: [sentence % (label, *shown)]}


def test_two_areas_are_refused_and_one_in_both_is_not():
    kashi, urumqi = make_area(name="Kashi"), make_area(name="Urumqi")
    old, into = pair({"area": kashi}, {"area": urumqi})

    assert refusal(old, into) == {
        "area": [
            "area: “KS-1” has “Kashi”, and “KS-2” has “Urumqi”. Correct or clear one of them first."
        ]
    }
    third = make_enterprise(area=kashi)
    assert merge.merge(old, third, None).into.area == kashi


def test_an_invalid_credit_code_gives_way_to_a_valid_one():
    old, into = pair({"uscc": ONE})
    Enterprise.objects.filter(pk=into.pk).update(uscc="91110000600037341M")
    into.refresh_from_db()

    assert merge.merge(old, into, None).into.uscc == ONE


def test_an_enterprise_is_not_merged_into_itself():
    old, _into = pair()

    with pytest.raises(ValidationError, match="into itself"):
        merge.merge(old, Enterprise.objects.get(pk=old.pk), None)


def test_a_stale_enterprise_is_refused():
    old, into = pair()
    Enterprise.objects.filter(pk=into.pk).update(version=2)

    (sentence,) = refusal(old, into)
    assert sentence.startswith(f"“{into}” was changed by somebody else at")
    into.refresh_from_db()
    merge.merge(old, into, None)
    with pytest.raises(ValidationError, match=f"“{old}” was deleted by somebody else at"):
        merge.merge(old, Enterprise.objects.get(code="KS-2"), None)


def test_a_rule_that_the_result_would_break_leaves_both_as_they_were():
    old, into = pair()
    project = make_project(enterprise=old)
    # Past the model: a place that the rules do not know.
    Enterprise.objects.filter(pk=old.pk).update(origin="XX")
    old.refresh_from_db()

    assert "origin" in refusal(old, into)
    project.refresh_from_db()
    assert project.enterprise == old


def test_a_chain_of_merges_leads_to_the_last():
    first, second = pair()
    third = make_enterprise(code="KS-3")

    merge.merge(first, second, None)
    second.refresh_from_db()
    merge.merge(second, third, None)

    assert Enterprise.objects.by_codes(["KS-1", "KS-2", "KS-3", "KS-4"]) == dict.fromkeys(
        ["KS-1", "KS-2", "KS-3"], third
    )


def test_a_code_that_was_used_again_leads_to_the_merged_enterprise():
    first, second = pair()
    merge.merge(first, second, None)
    second.refresh_from_db()
    second.code = "KS-1"
    second.full_clean()
    second.save()
    third = make_enterprise(code="KS-3")

    merge.merge(second, third, None)

    assert Enterprise.objects.by_codes(["KS-1"]) == {"KS-1": third}


def test_a_former_code_is_never_given_to_another_enterprise():
    merge.merge(*pair(), None)

    with pytest.raises(ValidationError) as caught:
        save(Enterprise(code="ks-1", name="Another"))

    [sentence] = caught.value.message_dict["code"]
    assert "“ks-1” was the code of an enterprise that was merged into “KS-2”" in sentence


def test_looking_up_codes_takes_one_query_and_one_for_former_codes():
    merge.merge(*pair(), None)

    with CaptureQueriesContext(
        connection,
    ) as known:
        Enterprise.objects.by_codes(["KS-2"])
    with CaptureQueriesContext(connection) as former:
        Enterprise.objects.by_codes(["KS-1", "KS-2", "KS-3"])

    assert (len(known), len(former)) == (1, 2)


def test_the_cost_grows_by_batches_of_projects_and_not_by_projects():
    def cost(count):
        old, into = make_enterprise(), make_enterprise()
        for number in range(count):
            make_project(**({"enterprise": old} if number % 2 else {"partners": [old, into]}))
        with CaptureQueriesContext(connection) as asked:
            assert merge.merge(old, into, None).led == count // 2
        return len(asked)

    assert cost(12) == cost(2)


def test_everything_that_refers_to_an_enterprise_is_moved():
    """A new reference fails here: `merging` has to move it before it may be added below."""
    moved = {(Project, "enterprise"), (Project, "partners"), (FormerCode, "enterprise")}

    referring = {
        (relation.related_model, relation.field.name)
        for relation in Enterprise._meta.related_objects
        if not relation.related_model.__name__.startswith("Historical")
    }

    assert referring == moved


def test_every_field_of_an_enterprise_is_combined_or_compared():
    """A new column fails here: `merging` has to say what becomes of it."""
    united = {"name", "name_zh", "aliases", "note", *merge.CLAIMS}
    its_own = {"id", "code", "state", "created_at", *UNCOMPARED}

    columns = {field.name for field in Enterprise._meta.concrete_fields}

    assert columns == united | its_own
    assert [field.name for field in Enterprise._meta.many_to_many] == ["sources"]


# --- Who merges, and what stays between them --------------------------------------


def test_what_is_published_is_not_merged_into_a_draft():
    old, into = pair(into={"state": "draft"})

    [sentence] = refusal(old, into)

    assert sentence.startswith("“KS-1” is published and “KS-2” is a draft: publish that first")


@pytest.mark.parametrize("state", ["draft", "published"])
def test_the_code_of_a_merged_draft_leads_nowhere(state):
    old, into = pair({"state": "draft"}, {"state": state})
    draft = make_project(enterprise=old, state="draft")

    merge.merge(old, into, make_user("reviewer"))

    draft.refresh_from_db()
    assert draft.enterprise == into
    assert not FormerCode.objects.exists()
    assert Enterprise.objects.get().state == state


def test_a_draft_of_ones_own_is_not_published_by_merging_it(settings):
    reviewer = make_user("reviewer")
    old = review.submit(reviewer, Enterprise(code="KS-1", name="Mine")).record
    into = make_enterprise(code="KS-2")

    with pytest.raises(PermissionDenied, match="This is your own entry"):
        merge.merge(old, into, reviewer)
    settings.REVIEW_OWN_ENTRIES = True
    merge.merge(old, into, reviewer)

    assert Enterprise.objects.get().alias_list() == ["Mine"]


def test_a_draft_that_refers_to_a_draft_is_not_merged_into_a_published_one():
    press = make_source(code="press", state="draft")
    old = make_enterprise(code="KS-1", state="draft", sources=[press])
    into = make_enterprise(code="KS-2")

    assert refusal(old, into) == {"sources": ["“press” is a draft: publish it first."]}


@pytest.mark.parametrize("role", ["visitor", "viewer", "clerk"])
def test_only_reviewers_merge(role):
    old, into = pair()

    with pytest.raises(PermissionDenied, match="Only reviewers can merge enterprises"):
        merge.merge(old, into, make_user(role))
    assert Enterprise.objects.count() == 2


def test_a_limited_reviewer_merges_enterprises_whose_projects_are_all_in_scope():
    here, there = make_area(code="here"), make_area()
    reviewer = make_user("reviewer", areas=[here])
    old, into = pair({"area": here}, {"area": here})
    inside, outside = make_project(area=here, enterprise=old), make_project(partners=[old])
    elsewhere = make_enterprise(area=there)

    for one, other in ((old, into), (elsewhere, into), (into, elsewhere)):
        with pytest.raises(PermissionDenied, match="these areas: here"):
            merge.merge(one, other, reviewer)
    delete(outside)
    merge.merge(old, into, reviewer)

    inside.refresh_from_db()
    assert inside.enterprise == into
