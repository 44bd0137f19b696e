// What axe objects to on a page.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** Each objection: the rule, where, and what would satisfy it. */
export async function axe(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(" ")}: ${failureSummary}`));
}
