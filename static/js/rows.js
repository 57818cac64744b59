/** Add and remove the rows of Django formsets on the page, as the server would. */
export function changeRows() {
  for (const button of document.querySelectorAll('button[data-add-row]')) {
    button.addEventListener('click', (event) => addRow(event, button.dataset.addRow));
  }
  for (const rows of document.querySelectorAll('[data-rows]')) {
    for (const row of rows.querySelectorAll('[data-row-item]')) {
      makeRemovable(row, rows.dataset.rows);
    }
  }
}

function addRow(event, prefix) {
  const total = document.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const most = document.querySelector(`[name="${prefix}-MAX_NUM_FORMS"]`);
  if (most.value && Number(total.value) >= Number(most.value)) {
    return; // The form goes to the server, which has the last word on how many there may be.
  }
  event.preventDefault();
  const rows = document.querySelector(`[data-rows="${prefix}"]`);
  const template = document.querySelector(`template[data-row="${prefix}"]`);
  const row = template.content.cloneNode(true).querySelector('[data-row-item]');
  number(row, total.value);
  makeRemovable(row, prefix);
  rows.append(row);
  total.value = Number(total.value) + 1;
  row.querySelector('input:not([type="hidden"]), select, textarea').focus();
  noticeInput(rows);
}

function number(row, index) {
  for (const element of [row, ...row.querySelectorAll('*')]) {
    for (const attribute of element.attributes) {
      attribute.value = attribute.value.replaceAll('__prefix__', index);
    }
  }
}

/** Show the button in place of the checkbox that removes the row without a script. */
function makeRemovable(row, prefix) {
  const button = row.querySelector('[data-remove-row]');
  const checkbox = row.querySelector('[name$="-DELETE"]');
  for (const element of [checkbox, ...checkbox.labels]) {
    element.hidden = true;
  }
  button.hidden = false;
  button.addEventListener('click', () => {
    checkbox.checked = true;
    putAway(row);
    document.querySelector(`[data-add-row="${prefix}"]`).focus();
    noticeInput(row);
  });
  if (checkbox.checked) {
    putAway(row);
  }
}

/** Out of sight, and last: the first row on the page is the one whose labels show. */
function putAway(row) {
  row.classList.add('govuk-!-display-none');
  row.parentElement.append(row);
}

function noticeInput(element) {
  element.dispatchEvent(new Event('input', { bubbles: true }));
}
