/**
 * Compare and choose: the chosen column stands out, the button names who is chosen, and a choice
 * against the guidance shows what it goes against and asks why. The server asks too.
 */
export function followChoice() {
  const table = document.querySelector('[data-compare]');
  if (!table) {
    return;
  }
  table.addEventListener('change', () => show(table));
  show(table);
}

function show(table) {
  const chosen = table.querySelector('input[type="radio"]:checked');
  const column = chosen && chosen.closest('td').cellIndex;
  for (const row of table.rows) {
    for (const cell of row.cells) {
      cell.classList.toggle('is-pick', cell.cellIndex > 0 && cell.cellIndex === column);
    }
  }
  const form = table.closest('form');
  const override = form.querySelector('[data-override]');
  if (override) {
    override.hidden = !chosen?.dataset.against;
    override.querySelector('[data-guidance]').textContent = chosen?.dataset.against ?? '';
  }
  form.querySelector('[data-chosen]').textContent = chosen?.dataset.name ?? '';
}
