import { make } from './elements.js';

/** Open and close all that can be opened in a list; on paper all of it is open. */
export function offerExpandAll() {
  const opens = [...document.querySelectorAll('[data-expandable] details')];
  if (!opens.length) {
    return;
  }
  for (const link of document.querySelectorAll('a[data-expand]')) {
    link.replaceWith(makeButton(link.textContent, opens));
  }
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = opens.filter((part) => !part.open);
    setOpen(closed, true);
  });
  addEventListener('afterprint', () => setOpen(closed, false));
}

function makeButton(words, opens) {
  const button = make('button', { type: 'button', className: 'lb-linkbutton' }, words);
  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('click', () => {
    const open = button.getAttribute('aria-expanded') === 'false';
    setOpen(opens, open);
    button.setAttribute('aria-expanded', open);
  });
  return button;
}

function setOpen(parts, open) {
  for (const part of parts) {
    part.open = open;
  }
}
