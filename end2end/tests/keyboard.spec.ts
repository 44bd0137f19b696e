// Everything by the keyboard alone.

import type { Page } from "@playwright/test";

import { places, placesOfRuns } from "../pages";
import { expect, open, test } from "../test";

test.use({ where: "full" });

/** What can take the focus, in the order of the document. Names each by a mark of its own. */
async function focusable(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const selector = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
    const shown = [...document.querySelectorAll<HTMLElement>(selector)].filter((element) => element.checkVisibility({ visibilityProperty: true }));
    return shown.map((element, index) => {
      element.dataset.stop = `${index}: ${element.localName} ${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 40)}`;
      return element.dataset.stop;
    });
  });
}

interface Stop {
  name: string;
  visible: boolean;
}

/** Where the focus is, and whether that can be seen. */
async function focused(page: Page): Promise<Stop | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    if (!element || element === document.body) {
      return undefined;
    }
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const marked = (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
    const { width, height, right, bottom } = element.getBoundingClientRect();
    return { name: element.dataset.stop ?? element.outerHTML.slice(0, 80), visible: marked && width > 0 && height > 0 && right > 0 && bottom > 0 };
  });
}

async function tabThrough(page: Page): Promise<void> {
  const all = await focusable(page);
  const stops: Stop[] = [];
  let inside = 0;
  for (;;) {
    await page.keyboard.press("Tab");
    const stop = await focused(page);
    // A field for a time has stops inside: month, day, year, the calendar. A dozen are enough for any.
    if (stop && stop.name === stops.at(-1)?.name && (inside += 1) <= 12) {
      continue;
    }
    inside = 0;
    // Past the last one the browser's own controls come, or the first again.
    if (!stop || stops.some(({ name }) => name === stop.name)) {
      break;
    }
    stops.push(stop);
  }
  expect(stops.filter(({ visible }) => !visible), "the focus is always seen").toEqual([]);
  expect(stops.map(({ name }) => name), "the order is that of the page").toEqual(all);
}

test("the tab key goes to everything on every page, in order, and is seen", async ({ page, noise }) => {
  test.slow();
  noise.expectStatus(404);
  for (const { name, address } of [...places, ...(await placesOfRuns(page))]) {
    await test.step(name, async () => {
      // A list of many rows adds nothing but their links.
      await open(page, address === "/imports" ? "/imports?page=999" : address);
      if (await page.getByRole("navigation", { name: "Main", exact: true }).isVisible()) {
        // The last to come.
        await expect(page.getByLabel("Work: 2 runs")).toBeVisible();
      }
      await tabThrough(page);
    });
  }
});

test.describe("on the sign-in page", () => {
  test.use({ who: "nobody" });

  test("the tab key goes to everything, and Enter signs in", async ({ page, installation }) => {
    await open(page, "/sign-in");
    await tabThrough(page);
    await page.getByLabel("E-mail address").focus();
    await page.keyboard.type(installation.server.administrator.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(installation.server.administrator.password);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  });
});

test("the first stop leads past the navigation to the content", async ({ page }) => {
  await open(page, "/transformations");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("main").locator(":focus")).toHaveCount(1);
});

test("menus open by Enter, close by Escape and give the focus back", async ({ page }) => {
  await open(page, "/");
  const menu = page.getByLabel(/^Account of /);
  await menu.focus();
  await page.keyboard.press("Enter");
  const out = page.getByRole("button", { name: "Sign out" });
  await expect(out).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "My account" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(out).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(out).toBeHidden();
  await expect(menu).toBeFocused();
});

test("on a narrow screen the pages are in a drawer, which opens and closes by the keyboard", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, "/");
  await expect(page.getByRole("navigation", { name: "Main", exact: true })).toBeHidden();
  const drawer = page.getByLabel("Pages", { exact: true });
  const navigation = page.getByRole("navigation", { name: "Main, as a drawer" });
  await drawer.focus();
  await page.keyboard.press("Enter");
  await expect(navigation).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(navigation).toBeHidden();
  await expect(drawer).toBeFocused();
  await page.keyboard.press("Enter");
  await navigation.getByRole("link", { name: "Exports" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
  await expect(navigation).toBeHidden();
});
