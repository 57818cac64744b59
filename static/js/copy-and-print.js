import { holdsTyped } from './leave.js';

/**
 * Show the buttons that only work with a script: `data-print` and `data-copy="<id>"`. One with
 * `data-ask` says that first, and copies when it is pressed again; one with `data-of="<id>"`
 * copies what was saved, and nothing while something else is typed there.
 */
export function offerCopyAndPrint() {
  for (const button of document.querySelectorAll('[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  }
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', () => copy(button));
  }
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector('[role="status"]');
  const { ask, of } = button.dataset;
  const typed = of && document.getElementById(of);
  if (typed && holdsTyped(typed)) {
    status.textContent = 'Save what you typed first. This is the text as it was saved';
    return;
  }
  if (ask) {
    delete button.dataset.ask;
    status.textContent = ask;
    return;
  }
  try {
    await navigator.clipboard.writeText(source.value ?? source.innerText);
    status.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(source);
    status.textContent = 'Selected. Press Ctrl and C to copy';
  }
}
