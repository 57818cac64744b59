const ONCE_IN = 10_000;

/**
 * Take the second click of a double click for what it is: a form is sent once. Drafts save
 * themselves before they are sent, and see to this on their own.
 */
export function sendOnce() {
  const sent = new WeakSet();
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post' || 'draft' in form.dataset) {
      return;
    }
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    sent.add(form);
    // Where the next page never comes, the form can be sent again.
    setTimeout(() => sent.delete(form), ONCE_IN);
  });
}
