const ONCE_IN = 10_000;
// A form of nothing but buttons loses nothing when it is refused.
const FIELDS = 'textarea, select, input:not([type="hidden"])';

/**
 * Take the second click of a double click for what it is: a form is sent once, and one to fill in
 * only when `maySend`, where there is one, says that it will be taken. Drafts save themselves
 * before they are sent, and see to this on their own.
 */
export function sendOnce(maySend) {
  const sent = new WeakSet();
  const allowed = new WeakSet();

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post' || 'draft' in form.dataset) {
      return;
    }
    if (allowed.delete(form)) {
      return;
    }
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    sent.add(form);
    // Where the next page never comes, the form can be sent again.
    setTimeout(() => sent.delete(form), ONCE_IN);
    if (maySend && form.querySelector(FIELDS)) {
      event.preventDefault();
      sendIfAllowed(form, event.submitter);
    }
  });

  async function sendIfAllowed(form, submitter) {
    if (await maySend()) {
      allowed.add(form);
      form.requestSubmit(submitter);
    } else {
      sent.delete(form);
    }
  }
}
