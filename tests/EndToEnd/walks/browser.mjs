// A headless Chromium, as the distribution packs it, and what every walk does with it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const password = 'violet tractor hums at dawn';

/** What the test gave. */
export const given = JSON.parse(readFileSync(0, 'utf8'));

/**
 * Walks, and tells what was seen. A page that breaks its own content security policy fails the walk, and one where it got stuck is told.
 * @param {(page: import('playwright-core').Page) => Promise<object | void>} steps
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function walk(steps, options) {
  const browser = await chromium.launch({
    executablePath: execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim(),
    chromiumSandbox: process.getuid() !== 0, // it refuses to run as root with one
  });
  const faults = [];
  try {
    const page = await visitor(browser, faults, options);
    try {
      const seen = await steps(page);
      assert.deepEqual(faults, []);
      console.log(JSON.stringify(seen ?? {}));
    } catch (error) {
      console.error(`At ${page.url()}, faults ${JSON.stringify(faults)}:\n${await page.locator('body').innerText({ timeout: 2_000 }).catch(() => 'nothing')}`);
      throw error;
    }
  } finally {
    await browser.close();
  }
}

/** Somebody else's window: no cookie in common. */
export async function visitor(browser, faults, options) {
  const context = await browser.newContext({ ...options, baseURL: given.issuer });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => { if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text()); });
  return page;
}

export const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

export async function choosePassword(page, { secret }) {
  await page.goto(`/reset?token=${secret}`);
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same again').fill(password);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await heading(page, 'Your password is set');
}

/** From the page that asks for name and password. */
export async function giveName(page, { email }, words = password) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(words);
  await page.getByRole('button', { name: 'Go on' }).click();
}

export async function signOut(page) {
  await page.goto('/sign-out');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await heading(page, 'You are signed out');
}
