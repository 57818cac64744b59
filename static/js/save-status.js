import { make } from './elements.js';

const SENTENCES = {
  somebodyElse:
    'Not saved. Somebody else is signed in in this browser. Your text is still on this page: ' +
    'sign in as yourself in a new tab to save it.',
  unreachable:
    'Not saved. We cannot reach the service. Keep this page open: we will keep trying.',
  refused:
    'Not saved. The text is too long to save in one go. Shorten it, or complete it ' +
    'and add the rest as an addendum.',
  forbidden:
    'Not saved. You may no longer write here. Copy your text before you leave this page.',
  gone:
    'Not saved. This draft was completed or discarded in another window. Copy your text ' +
    'before you leave this page.',
};

/** What the page says about its draft, in the element with role=status. */
export class SaveStatus {
  #element;
  #shown = '';

  constructor(element) {
    this.#element = element;
  }

  saved(time) {
    const words = make('b', { className: 'lb-ok' }, 'Draft saved');
    this.#show(`saved ${time}`, false, words, ` ${time}`);
  }

  /** Why the text is not on the server: `message` is the server's own sentence, if it sent one. */
  notSaved(outcome, message = SENTENCES[outcome]) {
    this.#show(message, true, message);
  }

  signedOut() {
    const signIn = make(
      'a',
      { href: '/sign-in/', target: '_blank', rel: 'noopener', className: 'govuk-link' },
      'sign in again in a new tab',
    );
    this.#show(
      'signed out',
      true,
      'Not saved. You have been signed out. Keep this page open, ',
      signIn,
      ', and we will save your work.',
    );
  }

  /** Another tab saved `version` at `time`; the two functions are what the buttons do. */
  changedElsewhere(version, time, keepMine, useTheirs) {
    this.#show(
      `version ${version}`,
      true,
      `This draft was changed in another tab or window at ${time}. `,
      choice('Keep what is on this page', keepMine),
      ' or ',
      choice('Use the other version', useTheirs),
    );
  }

  /** Take somebody to the sentence who pressed a button and stays on the page because of it. */
  point() {
    this.#element.tabIndex = -1;
    this.#element.focus();
  }

  #show(what, late, ...content) {
    // Written again, the same words would be read out again at every save.
    if (what === this.#shown) {
      return;
    }
    this.#shown = what;
    this.#element.classList.toggle('lb-late', late);
    this.#element.replaceChildren(...content);
  }
}

function choice(label, act) {
  const button = make('button', { type: 'button', className: 'lb-linkbutton' }, label);
  button.addEventListener('click', act);
  return button;
}
