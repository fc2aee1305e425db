// In and out without a mouse and without script, with a wrong password on the way.
import assert from 'node:assert/strict';
import { code } from './authenticators.mjs';
import { choosePassword, given, heading, password, walk } from './browser.mjs';
import { press, stops, tabTo, type } from './keyboard-only.mjs';

await walk(async (page) => {
  await choosePassword(page, given);
  await press(page, 'Sign in');
  await heading(page, 'Sign in');

  // The first stop leads past what is on every page.
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.keyboard.press('Enter');
  await type(page, 'E-mail address', given.email);
  await type(page, 'Password', 'wrong horse');
  await page.keyboard.press('Enter');

  // The error has the focus, and leads to the field.
  await page.locator('#error:focus').and(page.getByRole('alert')).waitFor();
  await press(page, 'The name, the password or the second factor is wrong.');
  await page.locator('#email:focus').waitFor();
  assert.equal(await page.getByLabel('E-mail address').inputValue(), given.email, 'what was typed is not typed again');
  await type(page, 'Password', password);
  await press(page, 'Go on');

  await heading(page, 'Add a second factor');
  const secret = (await page.locator('.secret').innerText()).replaceAll(' ', '');
  await type(page, 'Code that the app shows', code(secret));
  await press(page, 'Use this app');
  await heading(page, 'Your recovery codes');
  const [recovery] = await page.locator('.codes li').allInnerTexts();
  await press(page, 'I have kept them: sign in');
  await heading(page, 'You are signed in');
  await press(page, 'sign out');
  await heading(page, 'Sign out');
  await press(page, 'Sign out');
  await heading(page, 'You are signed out');

  await press(page, 'Sign in');
  await heading(page, 'Sign in');
  await type(page, 'E-mail address', given.email);
  await type(page, 'Password', password);
  await press(page, 'Go on');
  await heading(page, 'Second factor');
  await tabTo(page, 'A code of my authenticator app');
  await page.keyboard.press('ArrowDown');
  assert.ok(await page.getByLabel('A recovery code').isChecked());
  await type(page, 'Code', recovery);
  await press(page, 'Sign in');
  await heading(page, 'You are signed in');
  return { stops: stops.length, unseen: stops.filter((stop) => !stop.shows) };
}, { javaScriptEnabled: false });
