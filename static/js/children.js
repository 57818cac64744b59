/**
 * The rows about children: who a row is about shows in its title and in the actions' lists, and
 * a child's latest entries stand beside the form while the row is open.
 */
export function followChildren() {
  const rows = document.querySelector('[data-rows="children"]');
  if (!rows) {
    return;
  }
  rows.addEventListener('change', (event) => event.target.matches('[data-who]') && refresh(rows));
  rows.addEventListener('input', () => offerSubjects(rows));
  rows.addEventListener('toggle', () => showStories(rows), true);
  document.querySelector('[data-find]')?.addEventListener('keydown', findByEnter);
  refresh(rows);
}

function refresh(rows) {
  for (const row of rows.querySelectorAll('[data-row-item]')) {
    const chosen = chosenIn(row);
    if (chosen) {
      row.querySelector('[data-child-title]').textContent = chosen.text;
    }
  }
  offerSubjects(rows);
  showStories(rows);
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
