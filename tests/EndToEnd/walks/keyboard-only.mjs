// A person without a mouse.
import assert from 'node:assert/strict';

/** Every stop of the focus so far. */
export const stops = [];

/** What the focus is on: its name, and whether it shows (WCAG 2.2, 2.4.7 and 2.4.11). */
async function focused(page) {
  const stop = await page.evaluate(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const label = element.labels?.[0]?.textContent.trim();
    return {
      page: document.title,
      name: label || element.textContent.trim() || element.tagName,
      shows: element.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
        && box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0,
    };
  });
  stops.push(stop);
  return stop;
}

/** Tab by tab. */
export async function tabTo(page, name) {
  const met = [];
  for (let i = 0; i < 15; i++) {
    await page.keyboard.press('Tab');
    const stop = await focused(page);
    if (stop.name === name) return;
    met.push(stop.name);
  }
  assert.fail(`Tab leads to ${met.join(', ')}, and never to ${name}`);
}

export async function type(page, name, text) {
  await tabTo(page, name);
  await page.keyboard.type(text);
}

export async function press(page, name) {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}
