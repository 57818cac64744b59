const ABOUT = '[data-who], [name$="-year_group"], [name$="-cohort"]';
const ON_RECORD = 'optgroup[label="On record"]';

/**
 * The rows about children: who a row is about shows in its title and in the actions' lists, and
 * a child's latest entries stand beside the form while the row is open. Without names no child
 * on record stays in the rows.
 */
export function followChildren() {
  const rows = document.querySelector('[data-rows="children"]');
  if (!rows) {
    return;
  }
  rows.addEventListener('change', (event) => event.target.matches(ABOUT) && refresh(rows));
  rows.addEventListener('input', () => offerSubjects(rows));
  rows.addEventListener('toggle', () => showStories(rows), true);
  document.querySelector('[data-find]')?.addEventListener('keydown', findByEnter);
  followNaming(rows);
  refresh(rows);
}

/** Without names the children on record leave the rows; with names one is picked again. */
function followNaming(rows) {
  const added = document.querySelector('template[data-row="children"]').content;
  const onRecord = added.querySelector(ON_RECORD)?.cloneNode(true);
  const unpicked = new Set();
  rows.closest('form').addEventListener('change', ({ target }) => {
    if (target.name !== 'naming') {
      return;
    }
    const isNameless = target.value === 'no_names';
    for (const who of [added, rows].flatMap((part) => [...part.querySelectorAll('[data-who]')])) {
      if (isNameless) {
        takeOut(who, unpicked);
      } else if (onRecord && !who.querySelector(ON_RECORD)) {
        who.options[0].after(onRecord.cloneNode(true));
        who.value = unpicked.delete(who) && who.value === 'unnamed' ? '' : who.value;
      }
    }
    refresh(rows);
  });
}

/** The list keeps no child on record; who was chosen is a child without a name. */
function takeOut(who, unpicked) {
  const onRecord = who.querySelector(ON_RECORD);
  if (onRecord?.contains(who.selectedOptions[0])) {
    unpicked.add(who);
    who.value = 'unnamed';
  }
  onRecord?.remove();
}

function refresh(rows) {
  const all = [...rows.querySelectorAll('[data-row-item]')];
  const titles = all.map(titleOf);
  for (const [index, row] of all.entries()) {
    const same = all.filter((_, other) => titles[other] && titles[other] === titles[index]);
    const number = same.length > 1 ? ` (${same.indexOf(row) + 1})` : '';
    row.querySelector('[data-child-title]').textContent = `${titles[index] ?? 'A child'}${number}`;
  }
  offerSubjects(rows);
  showStories(rows);
}

/** Who a row is about, as the server says it; null where that is not chosen. */
function titleOf(row) {
  const chosen = chosenIn(row);
  const year = row.querySelector('[name$="-year_group"]');
  const cohort = row.querySelector('[name$="-cohort"]').value.trim();
  if (chosen?.value === 'unnamed' && year.value) {
    return `${chosen.text}, ${year.selectedOptions[0].text}`;
  }
  return chosen?.value === 'cohort' && cohort ? cohort : (chosen?.text ?? null);
}

/** The option of the child or group that a row is about, if one was chosen and not removed. */
function chosenIn(row) {
  const [option] = row.querySelector('[data-who]').selectedOptions;
  const isRemoved = row.querySelector('[name$="-DELETE"]').checked;
  return option?.value && !isRemoved ? option : null;
}

/** Every action may be about the whole school or about a row that is filled in. */
function offerSubjects(rows) {
  const subjects = [...rows.querySelectorAll('[data-row-item]')]
    .filter(chosenIn)
    .map((row) => [
      row.querySelector('[data-who]').name.match(/[0-9]+/)[0],
      row.querySelector('[data-child-title]').textContent,
    ]);
  const lists = [
    ...document.querySelectorAll('[data-rows="actions"] [name$="-about"]'),
    ...document
      .querySelector('template[data-row="actions"]')
      .content.querySelectorAll('[name$="-about"]'),
  ];
  for (const list of lists) {
    const chosen = list.value;
    const [school] = list.options;
    list.replaceChildren(school, ...subjects.map(([index, text]) => new Option(text, index)));
    list.value = subjects.some(([index]) => index === chosen) ? chosen : '';
  }
}

const stories = new Map();

/** Beside the form: the latest entries about each child on record whose row is open. */
async function showStories(rows) {
  const box = document.querySelector('[data-child-stories]');
  const keys = [...rows.querySelectorAll('[data-row-item][open]')]
    .map((row) => chosenIn(row)?.value ?? '')
    .filter((value) => value.includes('-'));
  const found = await Promise.all([...new Set(keys)].map((key) => story(box, key)));
  box.innerHTML = found.join('');
  box.hidden = box.innerHTML.trim() === '';
}

function story(box, key) {
  if (!stories.has(key)) {
    stories.set(key, ask(`${box.dataset.childStories}${key}/`));
  }
  return stories.get(key);
}

/** The page part, or nothing where there is none for the writer, or no network. */
async function ask(address) {
  try {
    const answer = await fetch(address, { redirect: 'error' });
    return answer.ok ? await answer.text() : '';
  } catch {
    return '';
  }
}

function findByEnter(event) {
  if (event.key === 'Enter' && event.target.matches('input') && !event.isComposing) {
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.querySelector('button[name="find"]').click();
  }
}
