"""Gentle prompts before a session is locked; nothing is refused because of them.

As with consultations (``consultations.prompts``), and a name by itself that may be another child's
of the same family or the same work (rule 001-118).
"""

from consultations.extracts import families_of, name_of, words_in
from consultations.prompts import kept, prompts_of_words, texts_of
from govuk.words import listed


def prompts_for(work, sheet):
    """What to look at again in a bound ``Sheet``, as sentences; two queries."""
    by_child = {child.pupil: list(_texts_about(child)) for child in sheet.children}
    written = [*texts_of(sheet.form), *(row for rows in by_child.values() for row in rows)]
    return [*prompts_of_words(work.school, written), *_others(by_child), *_limits(sheet)]


def _texts_about(child):
    yield from texts_of(child.form, f" about {child.pupil.name}", child.pupil)
    for form in kept(child.actions):
        yield from texts_of(form, f" for {child.pupil.name}", child.pupil)


def _limits(sheet):
    """What somebody who was ticked agreed to with limits (rule 001-79)."""
    ticked = {person.pk for person in sheet.form.with_people}
    for person, limits in sheet.limits:
        if person.pk in ticked:
            yield (
                f"{person} agreed, with limits. Check that you kept to them. Not agreed to: "
                f"{limits}"
            )


def _others(by_child):
    families = families_of(list(by_child))
    for pupil, rows in by_child.items():
        near = [*(other for other in by_child if other != pupil), *families[pupil.pk]]
        names = set().union(*map(name_of, near)) - name_of(pupil)
        text = "\n".join(row.text for row in rows)
        if found := [word.capitalize() for word in words_in(text) if word in names]:
            yield (
                f"What you wrote about {pupil.name} may name another child: {listed(found)}. "
                "Each child’s record is about that child alone."
            )
