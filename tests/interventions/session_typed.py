"""What a link worker types into the form of a session."""


def typed(work, **changes):
    """A filled-in form as its POST, ``{name: [values]}``: direct work yesterday, with everybody.

    ``changes`` replace whole fields of the session.
    """
    people = list(work.participants.all())
    data = {
        "held_on": ["yesterday"],
        "starts_at": ["10:30am"],
        "minutes": ["45"],
        "contact": ["direct"],
        "attended": ["yes"],
        "place": ["school"],
        "people": [str(person.pk) for person in people],
    }
    for person in people:
        if person.pupil_id:
            data |= about(person.pupil)
    data.update(changes)
    return data


def about(pupil, actions=("Ring home",), **texts):
    """One child's part of the form; ``actions`` are what a named owner does by December 2030."""
    texts = {
        "support_given": f"Timetable with {pupil.first_names}",
        "analysis": f"Mornings are hard for {pupil.first_names}",
        "school_text": f"{pupil.first_names} starts with art",
        **texts,
    }
    rows = f"actions-{pupil.pk}"
    data = {f"part-{pupil.pk}-{name}": [text] for name, text in texts.items()}
    data |= {f"{rows}-TOTAL_FORMS": [str(len(actions))], f"{rows}-INITIAL_FORMS": ["0"]}
    for number, what in enumerate(actions):
        data |= {
            f"{rows}-{number}-what": [what],
            f"{rows}-{number}-owner_name": ["Dora Lead"],
            f"{rows}-{number}-due_on": ["1 December 2030"],
        }
    return data


def without(data, *names):
    """The POST without what is typed in these boxes of the children's parts."""
    return {
        key: [""] if any(key.endswith(f"-{name}") for name in names) else values
        for key, values in data.items()
    }
