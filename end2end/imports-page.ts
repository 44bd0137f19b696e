// The imports page and the page of a run, as somebody uses them.

import { expect, type Locator, type Page } from "@playwright/test";

import type { Sample } from "./files";

/** Files as they are given to the page: made by a test, or paths of this computer. */
export type Files = Sample | Sample[] | string[];

/** The form that takes files. */
export function form(page: Page): Locator {
  return page.getByRole("form", { name: "Import files" });
}

/** What was made of the files that were sent from this page. */
export function sent(page: Page): Locator {
  return page.getByRole("region", { name: "Files sent from here" });
}

/** The latest run among those with such a file. */
export function entry(page: Page, name: string): Locator {
  return sent(page).getByRole("listitem").filter({ has: page.getByRole("link", { name }) }).first();
}

/** The history of imports. */
export function history(page: Page): Locator {
  return page.getByRole("table", { name: "History of imports" });
}

/** Chooses files and sends them. Unless somebody is to look first, they are imported at once. */
export async function send(page: Page, files: Files, { look = false } = {}): Promise<void> {
  await form(page).getByLabel("Files", { exact: true }).setInputFiles(files);
  await submit(page, Array.isArray(files) ? files.length : 1, look);
}

/** Sends what has been chosen or dropped. */
export async function submit(page: Page, count: number, look: boolean): Promise<void> {
  await form(page).getByLabel("Show what would change before importing").setChecked(look);
  const label = count === 1 ? "Import the file" : `Import ${count.toLocaleString("en-US")} files`;
  await form(page).getByRole("button", { name: label }).click();
}

/** Drops files on the page, which takes them without sending them yet. */
export async function drop(page: Page, files: Sample[]): Promise<void> {
  const content = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
  const dataTransfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, mimeType, base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: mimeType }));
    }
    return transfer;
  }, content);
  // Anywhere on the page will do.
  const anywhere = page.getByRole("main");
  await anywhere.dispatchEvent("dragover", { dataTransfer });
  await anywhere.dispatchEvent("drop", { dataTransfer });
}

/** Waits for a run's page to say how the run stands. */
export async function expectState(page: Page, state: string): Promise<void> {
  await expect(page.locator("dl").getByText(state, { exact: true })).toBeVisible();
}

/** Opens the details of undoing an import and undoes it. */
export async function undo(page: Page): Promise<void> {
  await page.getByText("Undo this import", { exact: true }).click();
  await page.getByRole("button", { name: /^Undo the import of / }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Undo of / })).toBeVisible();
  await expectState(page, "Succeeded");
}

/** A mark that a reload would take away. */
export async function mark(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => Object.assign(window, { marked: true }));
  return async () => expect(await page.evaluate(() => "marked" in window), "the page was not loaded anew").toBe(true);
}
