import { SaveStatus } from './save-status.js';
import { askSession, takeToken } from './session.js';

// In milliseconds: since the last change; since the first one not saved; between two tries;
// until an answer counts as lost; until a button works again.
const QUIET = 2_000;
const AT_LATEST = 8_000;
const TRY_AGAIN = 3_000;
const GIVE_UP_AFTER = 20_000;
const ONE_SUBMIT = 10_000;
// Browsers finish the request of a closed page only when its body is below 64 kB.
const OUTLIVES_THE_PAGE = 60_000;

const OUTCOMES = {
  200: 'saved',
  201: 'saved',
  400: 'refused',
  401: 'signedOut',
  403: 'forbidden',
  404: 'gone',
  409: 'changed',
  413: 'refused',
  422: 'refused',
};
// What else a 409 can mean.
const REASONS = { user: 'somebodyElse', handed_over: 'gone' };
// These pass by themselves: the person signs in, the service is back.
const PASSING = new Set(['signedOut', 'somebodyElse', 'unreachable']);
// After these, saving at the next change would only fail again.
const BLOCKING = new Set([...PASSING, 'changed', 'gone']);
// Sent along, and no part of the text.
const WORKING_FIELDS = new Set(['csrfmiddlewaretoken', 'version', 'author', 'id']);
// How the names of fields begin that look something up beside the text.
const LOOKS_UP = 'find-';

const drafts = [];

/** Keep on the server what is typed into every form with `data-draft`. */
export function keepDrafts() {
  for (const form of document.querySelectorAll('form[data-draft]')) {
    const draft = new Draft(form);
    draft.watch();
    drafts.push(draft);
  }
}

/** True while this page holds text that the server does not. */
export function anythingUnsaved() {
  return drafts.some((draft) => draft.unsaved);
}

/**
 * A form whose text is saved while it is typed.
 *
 * Nothing is kept in the browser: schools share computers. One request is under way at a time,
 * so that versions follow each other.
 */
class Draft {
  #form;
  #status;
  #changes = 0;
  #changesSaved = 0;
  #unsavedSince = null;
  #saveTimer;
  #tryAgainTimer;
  #saving = null;
  #savingNext = null;
  #outcome = 'saved';
  #unanswered = [];
  #submitting = false;
  #passing = false;
  #abandoned = false;

  constructor(form) {
    this.#form = form;
    this.#status = new SaveStatus(document.getElementById('save-status'));
  }

  watch() {
    // A browser that puts back what the boxes held at an earlier visit would undo later saves.
    this.#form.autocomplete = 'off';
    this.#form.addEventListener('input', () => this.#noticeChange());
    this.#form.addEventListener('submit', (event) => this.#submit(event));
    document.addEventListener('keydown', (event) => this.#saveByKey(event));
    document.addEventListener('visibilitychange', () => document.hidden && this.#saveLast());
    window.addEventListener('pagehide', () => this.#saveLast());
    window.addEventListener('pageshow', () => this.#allowSubmit());
    window.addEventListener('online', () => PASSING.has(this.#outcome) && this.#tryAgain());
    window.addEventListener('beforeunload', (event) => this.unsaved && event.preventDefault());
  }

  get unsaved() {
    return this.#changes !== this.#changesSaved && !this.#abandoned;
  }

  #noticeChange() {
    this.#changes += 1;
    if (!BLOCKING.has(this.#outcome)) {
      this.#saveSoon();
    }
  }

  #saveSoon() {
    const now = Date.now();
    this.#unsavedSince ??= now;
    const wait = Math.min(QUIET, this.#unsavedSince + AT_LATEST - now);
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => this.#save(), wait);
  }

  /** Save what is on the page now, after a save under way; true when the server has it. */
  #save() {
    if (!this.#saving) {
      this.#saving = this.#attempt().finally(() => {
        this.#saving = null;
      });
      return this.#saving;
    }
    this.#savingNext ??= this.#saving.then(() => {
      this.#savingNext = null;
      return this.#save();
    });
    return this.#savingNext;
  }

  async #attempt() {
    clearTimeout(this.#saveTimer);
    clearTimeout(this.#tryAgainTimer);
    this.#unsavedSince = null;
    const changes = this.#changes;
    const answer = await this.#send();
    if (answer.outcome !== 'saved') {
      this.#explain(answer);
      return false;
    }
    this.#outcome = 'saved';
    this.#changesSaved = changes;
    this.#adopt(answer);
    this.#status.saved(answer.saved);
    // What was typed while saving was blocked until now has no timer of its own.
    if (this.unsaved) {
      this.#saveSoon();
    }
    return true;
  }

  async #send() {
    const answer = await this.#post();
    if (answer.outcome === 'forbidden') {
      // The token may have ended with an earlier sign-in: then a fresh one is all it needs.
      const outcome = await this.#askWhoIsThere();
      return outcome === 'author' ? this.#post() : { outcome };
    }
    if (answer.outcome === 'changed' && this.#sentBefore(answer.theirs)) {
      // The other window is this page: its last save arrived and only the answer was lost.
      this.#version = answer.their_version;
      return this.#post();
    }
    return answer;
  }

  /** Post the form. Never rejects: `{outcome, ...answer}`. */
  async #post() {
    const fields = new URLSearchParams(new FormData(this.#form));
    try {
      const answer = await fetch(this.#form.dataset.draftUrl, {
        method: 'POST',
        body: fields,
        headers: { 'X-Autosave': '1' },
        keepalive: fields.toString().length < OUTLIVES_THE_PAGE,
        redirect: 'manual',
        signal: AbortSignal.timeout(GIVE_UP_AFTER),
      });
      return await read(answer);
    } catch {
      this.#unanswered.push(fields);
      return { outcome: 'unreachable' };
    }
  }

  /** Who is signed in in this browser: `author`, or the outcome that a save would have. */
  async #askWhoIsThere() {
    try {
      const session = await askSession(this.#form.dataset.sessionUrl);
      if (!session.signed_in) {
        return 'signedOut';
      }
      if (session.user !== this.#field('author').value) {
        return 'somebodyElse';
      }
      takeToken(session.csrf);
      return 'author';
    } catch {
      return 'unreachable';
    }
  }

  #adopt({ version, draft_url: draftUrl, page_url: pageUrl }) {
    this.#unanswered = [];
    this.#version = version;
    this.#form.dataset.draftUrl = draftUrl;
    if (pageUrl) {
      history.replaceState(null, '', pageUrl);
      this.#form.setAttribute('action', pageUrl);
    }
  }

  #explain(answer) {
    this.#outcome = answer.outcome;
    if (answer.outcome === 'changed') {
      this.#offerChoice(answer.their_version, answer.saved);
    } else if (answer.outcome === 'signedOut') {
      this.#status.signedOut();
    } else {
      this.#status.notSaved(answer.outcome, answer.message);
    }
    if (PASSING.has(answer.outcome)) {
      clearTimeout(this.#tryAgainTimer);
      this.#tryAgainTimer = setTimeout(() => this.#tryAgain(), TRY_AGAIN);
    }
  }

  #offerChoice(theirVersion, time) {
    const keepMine = () => {
      this.#version = theirVersion;
      this.#save();
    };
    const useTheirs = () => {
      this.#abandoned = true;
      location.reload();
    };
    this.#status.changedElsewhere(theirVersion, time, keepMine, useTheirs);
  }

  /** Ask before sending: a long text is not posted every 3 seconds to who cannot take it. */
  async #tryAgain() {
    const outcome = await this.#askWhoIsThere();
    if (outcome === 'author') {
      await this.#save();
    } else {
      this.#explain({ outcome });
    }
  }

  /** Save first: what the button does then, it does to all of the text and signed in. */
  async #submit(event) {
    if (this.#passing) {
      return;
    }
    event.preventDefault();
    if (this.#submitting) {
      return;
    }
    this.#submitting = true;
    const { submitter } = event;
    let saved;
    do {
      saved = await this.#save();
    } while (saved && this.unsaved);
    if (!saved) {
      this.#allowSubmit();
      this.#status.point();
      return;
    }
    this.#passing = true;
    this.#form.requestSubmit(submitter);
    this.#passing = false;
    // Where the next page never comes, this one and its buttons are still of use.
    setTimeout(() => this.#allowSubmit(), ONE_SUBMIT);
  }

  #allowSubmit() {
    this.#submitting = false;
  }

  /** Ctrl+S or Cmd+S saves. So does Enter in a one-line box, where it would press a button. */
  #saveByKey(event) {
    const isSave = event.key?.toLowerCase() === 's' && (event.ctrlKey || event.metaKey);
    const isEnter = event.key === 'Enter' && event.target.matches('input');
    if (isSave || (isEnter && !event.isComposing && this.#form.contains(event.target))) {
      event.preventDefault();
      this.#save();
    }
  }

  /** The page may not come back: save now what the timer would have saved. */
  #saveLast() {
    const idle = !this.#saving && !this.#submitting;
    if (this.unsaved && idle && !BLOCKING.has(this.#outcome)) {
      this.#save();
    }
  }

  /**
   * Whether `text`, the server's `{name: [values]}`, was sent from here without an answer.
   *
   * There is none where it is about a child who is closed to this person by now.
   */
  #sentBefore(text = {}) {
    return this.#unanswered.some((fields) => sameText(fields, text));
  }

  #field(name) {
    return this.#form.elements.namedItem(name);
  }

  set #version(version) {
    this.#field('version').value = version;
    this.#form.dataset.version = version;
  }
}

async function read(answer) {
  if (answer.type === 'opaqueredirect') {
    return { outcome: 'gone' };
  }
  const outcome = OUTCOMES[answer.status] ?? 'unreachable';
  if (outcome === 'saved') {
    return { ...(await answer.json()), outcome };
  }
  // An error can be a page instead, made by a proxy or by Django before the view.
  const details = await answer.json().catch(() => ({}));
  return { ...details, outcome: REASONS[details.reason] ?? outcome };
}

function sameText(fields, text) {
  const names = new Set([...fields.keys(), ...Object.keys(text)]);
  return [...names].every(
    (name) =>
      WORKING_FIELDS.has(name) ||
      name.startsWith(LOOKS_UP) ||
      JSON.stringify(fields.getAll(name)) === JSON.stringify(text[name] ?? []),
  );
}
