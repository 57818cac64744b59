/**
 * The sign-in as the server sees it. Both answers of /session/ are
 * `{signed_in, user, csrf, expires_in}`, the last in seconds.
 */

const GIVE_UP_AFTER = 20_000;
const TOKEN_FIELDS = 'input[name="csrfmiddlewaretoken"]';

/** Ask how the sign-in stands, without counting as somebody at the keyboard. Rejects offline. */
export async function askSession(url) {
  return read(await fetch(url, options()));
}

/** Say that somebody is at the keyboard, which starts the idle time again. Rejects offline. */
export async function extendSession(url) {
  const answer = await post(url, document.querySelector(TOKEN_FIELDS)?.value);
  if (answer.status !== 403) {
    return read(answer);
  }
  // Somebody signed in again since this page was made, and its token ended with that.
  const { csrf } = await askSession(url);
  return read(await post(url, csrf));
}

/** Give every form of the page a token that the server takes again. */
export function takeToken(csrf) {
  for (const field of document.querySelectorAll(TOKEN_FIELDS)) {
    field.value = csrf;
  }
}

function post(url, csrf = '') {
  return fetch(url, { ...options(), method: 'POST', headers: { 'X-CSRFToken': csrf } });
}

function options() {
  return { cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(GIVE_UP_AFTER) };
}

function read(answer) {
  if (!answer.ok && answer.status !== 401) {
    throw new Error(`The session could not be read: ${answer.status}`);
  }
  return answer.json();
}
