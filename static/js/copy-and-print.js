/**
 * Show the buttons that only work with a script: `data-print` and `data-copy="<id>"`. One with
 * `data-ask` says that first, and copies when it is pressed again.
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
  const { ask } = button.dataset;
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
