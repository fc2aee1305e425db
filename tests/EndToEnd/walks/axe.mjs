// What a program can tell of WCAG 2.2 AA.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** What it said of each page so far. */
export const pages = {};

export async function look(page, name) {
  await page.evaluate(axe);
  pages[name] = await page.evaluate(async (values) => {
    const { violations, passes } = await globalThis.axe.run(document, { runOnly: { type: 'tag', values } });
    return { passes: passes.length, violations: violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) })) };
  }, standards);
}
