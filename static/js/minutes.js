/**
 * Note-taking in a meeting without leaving the keyboard: who is speaking, what becomes an action,
 * the next item. Every key has a button, and without a script the buttons that save do all of it.
 */
export function takeMinutes() {
  const form = document.querySelector('form[data-minutes]');
  if (form) {
    new Minutes(form).watch();
  }
}

class Minutes {
  #form;
  #text;
  #speakers;

  constructor(form) {
    this.#form = form;
    this.#text = form.elements.namedItem('discussion');
    this.#speakers = [...form.querySelectorAll('[data-speaker]')];
  }

  watch() {
    this.#show('[data-speakers]');
    this.#show('[data-make-action]');
    for (const button of this.#speakers) {
      button.addEventListener('click', () => this.#speak(button.dataset.speaker));
    }
    for (const button of this.#form.querySelectorAll('[data-insert]')) {
      button.addEventListener('click', () => this.#insert(spaced(this.#text, button.dataset.insert)));
    }
    this.#form
      .querySelector('[data-make-action]')
      .addEventListener('click', () => this.#makeAction());
    this.#form.addEventListener('keydown', (event) => this.#press(event));
    this.#form.addEventListener('change', (event) => this.#choose(event.target));
    this.#startTyping();
  }

  #show(selector) {
    const element = this.#form.querySelector(selector);
    if (element) {
      element.hidden = false;
    }
  }

  /** The text is what one came for: type at its end, unless something else is asked for. */
  #startTyping() {
    const isAsked = location.hash || document.querySelector('.govuk-error-summary');
    if (!isAsked && matchMedia('(min-width: 48em)').matches) {
      this.#text.focus({ preventScroll: true });
      this.#text.setSelectionRange(this.#text.value.length, this.#text.value.length);
    }
  }

  #press(event) {
    if (event.isComposing) {
      return;
    }
    const isEnter = event.key === 'Enter';
    if (isEnter && (event.ctrlKey || event.metaKey) && event.target === this.#text) {
      event.preventDefault();
      this.#makeAction();
    } else if (isEnter && event.target.closest('[data-new-action]')) {
      // Elsewhere Enter in a box of one line saves.
      event.preventDefault();
      event.stopPropagation();
      this.#form.querySelector('[name=add_action]').click();
    } else if (event.altKey && !event.ctrlKey && !event.metaKey) {
      this.#pressWithAlt(event);
    }
  }

  #pressWithAlt(event) {
    // By its place: with Alt held, some keyboards type another character.
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    const speaker = this.#speakers.find((button) => digit && button.dataset.key === digit);
    const step = { ArrowUp: '[data-before]', ArrowDown: '[data-after]' }[event.key];
    const button = speaker ?? (step && this.#form.querySelector(step));
    if (button) {
      event.preventDefault();
      button.click();
    }
  }

  #speak(name) {
    const before = this.#text.value.slice(0, this.#text.selectionStart);
    const newLine = before === '' || before.endsWith('\n') ? '' : '\n';
    this.#insert(`${newLine}${name}: `);
  }

  #insert(words) {
    const { selectionStart: start, selectionEnd: end } = this.#text;
    this.#text.focus();
    this.#text.setRangeText(words, start, end, 'end');
    noticed(this.#text);
  }

  /** What is selected, or the line one is in, as an action; who said it is offered as its owner. */
  #makeAction() {
    const { value, selectionStart: start, selectionEnd: end } = this.#text;
    const from = start === end ? value.lastIndexOf('\n', start - 1) + 1 : start;
    const to = start === end ? (value.indexOf('\n', end) + 1 || value.length + 1) - 1 : end;
    const said = value.slice(from, to).replace(/\s+/g, ' ').trim();
    const speaker = this.#speakers.find(({ dataset }) => said.startsWith(`${dataset.speaker}:`));
    const words = speaker ? said.slice(speaker.dataset.speaker.length + 1).trim() : said;
    const what = this.#action('what');
    if (words) {
      what.value = words.slice(0, 1).toUpperCase() + words.slice(1);
    }
    const owner = this.#action('owner');
    const named = speaker && ownedBy(owner, speaker.dataset.speaker);
    if (named) {
      owner.value = named.value;
    }
    noticed(what);
    const next = words ? (owner.value ? this.#action('due_on') : owner) : what;
    next.focus();
    next.scrollIntoView({ block: 'center' });
  }

  #action(name) {
    return this.#form.elements.namedItem(`new-${name}`);
  }

  /** An agency that is ticked makes it "only"; everybody, or our team alone, unticks them all. */
  #choose(input) {
    const ticks = [...this.#form.querySelectorAll('[name=agencies], [name=schools]')];
    const only = this.#form.querySelector('[name=audience][value=chosen]');
    if (ticks.includes(input)) {
      only.checked = ticks.some((tick) => tick.checked);
    } else if (input.name === 'audience' && input !== only) {
      for (const tick of ticks) {
        tick.checked = false;
      }
    }
  }
}

/** Tell the page that a box was written in, as typing does. */
function noticed(box) {
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

/** The words with a space before them, where they would stick to a word. */
function spaced(box, words) {
  const before = box.value.slice(0, box.selectionStart);
  return before === '' || /\s$/.test(before) ? `${words} ` : ` ${words} `;
}

/** The one person who may have an action for the agency or school of this name, if it is one. */
function ownedBy(select, name) {
  const found = [...select.options].filter(
    ({ text }) => text === name || text.startsWith(`${name}: `) || text.endsWith(`, ${name}`),
  );
  return found.length === 1 ? found[0] : null;
}
