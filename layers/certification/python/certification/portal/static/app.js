// Improves pages that work without it: govuk-frontend's components, and waiting pages that ask whether it is over.
import './vendor/govuk-frontend/govuk-frontend.js';

// <p data-watch="address" data-state="checking" data-changed="words" role="status">: asks every 3 seconds for a minute,
// then every 30; when the state differs, says so with a link. The page never changes under the reader by itself.
for (const line of document.querySelectorAll('[data-watch]')) {
  const { watch, state, changed } = line.dataset;
  let asked = 0;
  const ask = async () => {
    asked += 1;
    try {
      const answer = await fetch(watch, { headers: { accept: 'application/json' }, credentials: 'same-origin' });
      if (answer.ok && (await answer.json()).state !== state) {
        const link = document.createElement('a');
        link.className = 'govuk-link';
        link.href = location.href.split('#')[0];
        link.textContent = changed;
        line.replaceChildren(link);
        return;
      }
    } catch {
      // no network: ask again later
    }
    setTimeout(ask, asked < 20 ? 3000 : 30000);
  };
  setTimeout(ask, 3000);
}

// <input type="file" data-limit="bytes" data-too-large="words">: says so before the upload; the store would refuse it.
for (const input of document.querySelectorAll('input[data-limit]')) {
  input.addEventListener('change', () => {
    const tooLarge = [...input.files].some((file) => file.size > Number(input.dataset.limit));
    input.setCustomValidity(tooLarge ? input.dataset.tooLarge : '');
    input.reportValidity();
  });
}

// The installed app's page without a network. Only on secure addresses, as browsers want it; nothing depends on it.
if ('serviceWorker' in navigator && isSecureContext) {
  navigator.serviceWorker.register('/service-worker.js').catch(() => {});
}
