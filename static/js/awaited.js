const ASK_EVERY = 1_500;

/** Load the page again once what it waits for has come. Without this there is a plain link. */
export function awaitState() {
  const place = document.querySelector('[data-await-state]');
  if (place) {
    ask(place.dataset.awaitState, place.dataset.while);
  }
}

async function ask(url, unchanged) {
  try {
    const answer = await fetch(url, { cache: 'no-store', redirect: 'error' });
    if (answer.ok && (await answer.json()).state !== unchanged) {
      window.location.reload();
      return;
    }
  } catch {
    // Offline for a moment: ask again.
  }
  setTimeout(ask, ASK_EVERY, url, unchanged);
}
