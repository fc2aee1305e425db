// Asks the device for a passkey (WebAuthn), and sends its answer with the form that stands beside. Pages work without it, by codes.
(() => {
  'use strict';

  const refusals = {
    NotAllowedError: 'The passkey was not given: it was cancelled, it took too long, or no device has one for this account. Try again.',
    InvalidStateError: 'This device has a passkey of the account already. Use another device.',
    NotSupportedError: 'This device cannot make a passkey that is taken here. Use another one.',
    ConstraintError: 'The device cannot check that it is you. Give it a PIN or a fingerprint, or use another one.',
    SecurityError: 'There are no passkeys at this address. Open the page by the name of its host.',
  };

  const canAsk = () => typeof PublicKeyCredential === 'function' && typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function'
    && typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function';

  const ask = (ceremony, options) => ceremony === 'create'
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });

  const prepare = (box) => {
    const form = box.querySelector('form');
    const status = box.parentElement.querySelector('[role=status]');
    if (!canAsk()) {
      status.textContent = 'This browser knows no passkeys, or not well enough. Update it, or use another one.';
      return;
    }

    let isAsking = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (isAsking) return;
      isAsking = true;
      status.textContent = 'Your browser asks for the passkey now.';
      try {
        const credential = await ask(box.dataset.ceremony, JSON.parse(box.dataset.options));
        form.elements.namedItem('passkey').value = JSON.stringify(credential);
        form.submit();
      } catch (error) {
        status.textContent = refusals[error.name] ?? 'The passkey could not be used. Load the page again, and try once more.';
      } finally {
        isAsking = false;
      }
    });
    status.textContent = '';
    box.hidden = false;
  };

  document.querySelectorAll('[data-ceremony]').forEach(prepare);
})();
