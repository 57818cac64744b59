/** Whether something typed in a part of the page was not sent yet, or came back with an error. */
export function holdsTyped(part) {
  const isChanged = ({ type, value, defaultValue }) => type !== 'hidden' && value !== defaultValue;
  const fields = [...part.querySelectorAll('input, textarea')];
  return fields.some(isChanged) || part.querySelector('.govuk-error-message') !== null;
}

/** Ask before a page is left on which a form with `data-leave` holds what was typed. */
export function askBeforeLeaving() {
  let isSending = false;
  document.addEventListener('submit', () => {
    isSending = true;
  });
  window.addEventListener('pageshow', () => {
    isSending = false;
  });
  window.addEventListener('beforeunload', (event) => {
    const forms = [...document.querySelectorAll('form[data-leave]')];
    if (!isSending && forms.some(holdsTyped)) {
      event.preventDefault();
    }
  });
}
