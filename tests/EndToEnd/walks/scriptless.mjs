// A browser that runs no script.
import assert from 'node:assert/strict';
import { addApp, code, giveCode } from './authenticators.mjs';
import { choosePassword, given, giveName, heading, signOut, walk } from './browser.mjs';

await walk(async (page) => {
  await choosePassword(page, given.app);
  await page.goto('/sign-in');
  await giveName(page, given.app);
  const { secret } = await addApp(page);
  await page.getByRole('button', { name: 'I have kept them: sign in' }).click();
  await heading(page, 'You are signed in');
  await signOut(page);
  await page.goto('/sign-in');
  await giveName(page, given.app);
  await giveCode(page, code(secret, 1));
  await heading(page, 'You are signed in');

  await page.context().clearCookies();
  await choosePassword(page, given.passkey);
  await page.goto('/sign-in');
  await giveName(page, given.passkey);
  await heading(page, 'Add a passkey');
  await page.getByText('A passkey needs script, which does not run here.').waitFor();
  assert.equal(await page.getByRole('button').count(), 0, 'what cannot work is not there to be pressed');
}, { javaScriptEnabled: false });
