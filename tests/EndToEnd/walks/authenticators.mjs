// What people prove themselves by: an app's codes, by oathtool; a device, by Chromium's virtual authenticator.
import { execFileSync } from 'node:child_process';
import { heading } from './browser.mjs';

/** @param {number} ahead Steps of 30 seconds from now: a code is good once, and the next step's is taken already. */
export function code(secret, ahead = 0) {
  const at = new Date(Date.now() + ahead * 30_000).toISOString().replace('T', ' ').replace(/\..*/, ' UTC');
  return execFileSync('oathtool', ['--totp', '--base32', '--now', at, secret], { encoding: 'utf8' }).trim();
}

/** From the page that offers an app; the secret is typed into oathtool as a person would type it into theirs. */
export async function addApp(page) {
  await heading(page, 'Add a second factor');
  const secret = (await page.locator('.secret').innerText()).replaceAll(' ', '');
  await page.getByLabel('Code that the app shows').fill(code(secret));
  await page.getByRole('button', { name: 'Use this app' }).click();
  await heading(page, 'Your recovery codes');
  return { secret, recovery: await page.locator('.codes li').allInnerTexts() };
}

export async function giveCode(page, value) {
  await heading(page, 'Second factor');
  await page.getByLabel('Code', { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** A device with a PIN or fingerprint, which is plugged into this browser alone. */
export async function plugIn(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  return {
    /** Whether the person shows the device that it is them. */
    verify: (isUserVerified) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    credentials: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  };
}
