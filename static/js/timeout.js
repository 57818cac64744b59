import { anythingUnsaved } from './drafts.js';
import { make } from './elements.js';
import { askSession, extendSession, takeToken } from './session.js';

const CHECK_EVERY = 10_000;
const EXTEND_AT_MOST_EVERY = 60_000;

/**
 * Warn before a sign-in ends for want of use, and let it go on (WCAG 2.2.1).
 *
 * Only somebody at the keyboard keeps it going: a page that saves by itself does not. Times are
 * compared with the clock, since timers stand still while a laptop sleeps.
 *
 * Returns what to ask before a form is sent, on a page of somebody signed in: it resolves to true
 * while they still are, and says why not otherwise, so that what was typed stays where it is.
 */
export function watchSession() {
  if (!document.body.dataset.sessionUrl) {
    return null;
  }
  const timeout = new Timeout(document.body.dataset);
  timeout.watch();
  return () => timeout.maySend();
}

class Timeout {
  #url;
  #user;
  #warning;
  #expiresAt;
  #extendedAt = Date.now();
  // A page that comes back with errors holds what was typed on the one before it.
  #typed = document.querySelector('.govuk-error-summary') !== null;
  #ended = false;
  #lastCall = false;
  #notice = new Notice();

  constructor({ sessionUrl, sessionUser, sessionExpires, sessionWarning }) {
    this.#url = sessionUrl;
    this.#user = sessionUser;
    this.#warning = Number(sessionWarning) * 1000;
    this.#expiresAt = Date.now() + Number(sessionExpires) * 1000;
  }

  watch() {
    document.addEventListener('keydown', () => this.#noticeSomebody());
    document.addEventListener('pointerdown', () => this.#noticeSomebody());
    document.addEventListener('input', ({ target }) => {
      this.#typed ||= target.form?.method === 'post' && !('draft' in target.form.dataset);
    });
    document.addEventListener('visibilitychange', () => this.#check());
    setInterval(() => this.#check(), CHECK_EVERY);
  }

  async maySend() {
    let session;
    try {
      session = await askSession(this.#url);
    } catch {
      this.#keepTyped('We cannot reach the service', 'Keep this page open and try again soon.');
      return false;
    }
    if (session.user !== this.#user) {
      this.#ended = true;
      this.#sayWhoIsMissing(session.signed_in);
      return false;
    }
    takeToken(session.csrf);
    this.#ended = false;
    return true;
  }

  #noticeSomebody() {
    const recently = Date.now() - this.#extendedAt < EXTEND_AT_MOST_EVERY;
    if (!recently && !this.#notice.isOpen) {
      this.#extend();
    }
  }

  #extend() {
    this.#extendedAt = Date.now();
    return this.#hear(extendSession(this.#url));
  }

  /** Another tab may have moved the end, or signed out: the server knows. */
  async #check() {
    if (this.#isNearItsEnd || this.#ended) {
      await this.#hear(askSession(this.#url));
    }
  }

  get #isNearItsEnd() {
    return Date.now() >= this.#expiresAt - this.#warning;
  }

  /** Act on an answer of the server; true when it came, and the page's user is signed in. */
  async #hear(asked) {
    let session;
    try {
      session = await asked;
    } catch {
      return false; // Offline says nothing about the session: the next check asks again.
    }
    if (!session.signed_in) {
      this.#end();
      return false;
    }
    if (session.user !== this.#user) {
      return false;
    }
    if (this.#ended) {
      takeToken(session.csrf);
      this.#ended = false;
    }
    this.#expiresAt = Date.now() + session.expires_in * 1000;
    if (this.#isNearItsEnd) {
      this.#warn(session.expires_in);
    } else {
      this.#lastCall = false;
      this.#notice.close();
    }
    return true;
  }

  #warn(seconds) {
    if (!this.#lastCall) {
      this.#notice.show(
        inMinutes(seconds),
        'You have not used Linkbook for a while. Stay signed in to carry on where you are.',
        button('Stay signed in', () => this.#stay()),
        button('Sign out', signOut, 'govuk-button govuk-button--secondary'),
      );
    }
  }

  async #stay() {
    const goesOn = await this.#extend();
    // A sign-in has a longest time, too: who has reached it cannot stay, and is told so once.
    if (goesOn && this.#isNearItsEnd) {
      this.#lastCall = true;
      this.#notice.show(
        inMinutes((this.#expiresAt - Date.now()) / 1000),
        'You have been signed in for as long as is allowed. Finish what you are doing, then ' +
          'sign in again.',
        button('Carry on', () => this.#notice.close()),
      );
    }
  }

  #end() {
    if (this.#ended) {
      return;
    }
    if (anythingUnsaved()) {
      // The draft says so itself, and is saved when its author is back.
      this.#notice.close();
      return;
    }
    if (!this.#typed) {
      const here = location.pathname + location.search;
      location.assign(`/sign-in/?next=${encodeURIComponent(here)}`);
      return;
    }
    this.#ended = true;
    this.#sayWhoIsMissing(false);
  }

  #sayWhoIsMissing(isSomebodyElse) {
    if (isSomebodyElse) {
      this.#keepTyped(
        'Somebody else is signed in',
        'Sign them out in a new tab and sign in as yourself, then come back to send it.',
      );
      return;
    }
    this.#keepTyped(
      'You have been signed out',
      'Sign in in a new tab, then come back to send it.',
      make(
        'a',
        { href: '/sign-in/', target: '_blank', rel: 'noopener', className: 'govuk-button' },
        'Sign in in a new tab',
      ),
    );
  }

  #keepTyped(heading, wayOut, ...acts) {
    this.#notice.show(
      heading,
      `What you typed is still on this page and was not sent. ${wayOut}`,
      ...acts,
      button('Close', () => this.#notice.close(), 'govuk-button govuk-button--secondary'),
    );
  }
}

/** A modal dialog: a heading, a sentence and what to do; Escape presses its first button. */
class Notice {
  #heading = make('h2', { className: 'govuk-heading-m', id: 'session-notice' });
  #sentence = make('p', { className: 'govuk-body' });
  #buttons = make('div', { className: 'govuk-button-group' });
  #dialog = make(
    'dialog',
    { className: 'lb-dialog' },
    this.#heading,
    this.#sentence,
    this.#buttons,
  );

  constructor() {
    this.#dialog.setAttribute('aria-labelledby', this.#heading.id);
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      this.#buttons.querySelector('button').click();
    });
    document.body.append(this.#dialog);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  show(heading, sentence, ...buttons) {
    this.#heading.textContent = heading;
    // New buttons would take the focus from somebody about to press one.
    if (!this.isOpen || this.#sentence.textContent !== sentence) {
      this.#sentence.textContent = sentence;
      this.#buttons.replaceChildren(...buttons);
    }
    if (!this.isOpen) {
      this.#dialog.showModal();
    }
  }

  close() {
    this.#dialog.close();
  }
}

function inMinutes(seconds) {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return `You will be signed out in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

function button(label, act, className = 'govuk-button') {
  const element = make('button', { type: 'button', className }, label);
  element.addEventListener('click', act);
  return element;
}

function signOut() {
  document.querySelector('[data-sign-out]').requestSubmit();
}
