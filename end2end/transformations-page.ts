// The transformations page, as somebody uses it.

import { expect, type Locator, type Page } from "@playwright/test";

/** The picture of how files become answers. */
export function picture(page: Page): Locator {
  return page.getByRole("group", { name: "How files become answers, as a picture" });
}

/** A box of the picture, by the name that stands in it. */
export function node(page: Page, name: string): Locator {
  return picture(page).getByRole("link").filter({ has: page.getByText(name, { exact: true }) });
}

/** The section of a transformation. */
export function section(page: Page, name: string): Locator {
  return page.getByRole("region", { name, exact: true });
}

/** Waits until boxes stand as they should. */
export async function expectNodes(page: Page, states: Record<string, string | RegExp>): Promise<void> {
  for (const [name, state] of Object.entries(states)) {
    await expect(node(page, name), name).toContainText(state);
  }
}
