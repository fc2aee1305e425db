// A person of a privileged role, who has nothing but a password, a keyboard and a device that keeps passkeys.
import assert from 'node:assert/strict';
import { plugIn } from './authenticators.mjs';
import { look, pages } from './axe.mjs';
import { choosePassword, given, giveName, heading, signOut, visitor, walk } from './browser.mjs';
import { press } from './keyboard-only.mjs';

/** A browser that runs no script: what cannot work is not there to be pressed, and the page says why. */
async function withoutScript(page) {
  const scriptless = await visitor(page.context().browser(), [], { javaScriptEnabled: false });
  await scriptless.goto('/sign-in');
  await giveName(scriptless, given);
  await heading(scriptless, 'Add a passkey');
  await scriptless.getByText('A passkey needs script, which does not run here.').waitFor();
  assert.equal(await scriptless.getByRole('button').count(), 0);
  await scriptless.context().close();
}

await walk(async (page) => {
  await choosePassword(page, given);
  await withoutScript(page);
  const device = await plugIn(page);

  await page.goto('/sign-in');
  await giveName(page, given);
  await heading(page, 'Add a passkey');
  assert.equal(await page.getByLabel(/code/i).count(), 0, 'a code is no way in for this role');
  await look(page, 'add a passkey');

  // Whoever cancels, or cannot prove to the device that it is them, reads so where a screen reader hears it, and can try again.
  await device.verify(false);
  await press(page, 'Add a passkey');
  await page.getByRole('status').filter({ hasText: 'The passkey was not given' }).waitFor();
  await look(page, 'passkey cancelled');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Add a passkey', 'the focus stays');
  assert.equal((await device.credentials()).length, 0);
  await device.verify(true);
  await press(page, 'Add a passkey');
  await heading(page, 'Your second factor');
  await look(page, 'passkey kept');
  await press(page, 'Sign in');
  await heading(page, 'You are signed in');
  await signOut(page);

  await page.goto('/sign-in');
  await giveName(page, given);
  await heading(page, 'Second factor');
  await page.getByRole('button', { name: 'Use a passkey' }).waitFor();
  await look(page, 'use a passkey');
  await press(page, 'Use a passkey');
  await heading(page, 'You are signed in');
  const credentials = await device.credentials();
  return { credentials: credentials.length, relyingParty: credentials[0].rpId, signatures: credentials[0].signCount, pages };
});
