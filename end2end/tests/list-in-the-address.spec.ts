// What a list shows stands in the address: it can be sent to somebody, and the back button goes through it.

import { gazetteers } from "../furnish";
import { expect, open, test } from "../test";

import type { Locator, Page } from "@playwright/test";

test.use({ where: "full" });

const total = gazetteers.toLocaleString("en-US");

const rowsOf = (page: Page): Locator => page.getByRole("table", { name: "History of imports" }).getByRole("row");
const pagesOf = (page: Page): Locator => page.getByRole("navigation", { name: "Pages of the list" });

test("filters, order and page go into the address, and back again by the back button", async ({ page }) => {
  await open(page, "/imports");
  await expect(rowsOf(page)).toHaveCount(1 + 50);
  await expect(pagesOf(page)).toContainText(/1–50 of 10,0\d\d imports/);

  const filter = page.getByRole("form", { name: "Filter the history" });
  await filter.getByLabel("Kind").selectOption("US ZIPs");
  await filter.getByLabel("State").selectOption("Failed");
  await filter.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL("/imports?kind=us-zips&state=failed");
  await expect(page.getByText("Showing imports")).toHaveText(/Showing imports\s*of us-zips\s*that failed/);
  await expect(rowsOf(page).filter({ hasText: "Succeeded" })).toHaveCount(0);

  await page.getByRole("columnheader", { name: "Started" }).getByRole("link").click();
  await expect(page).toHaveURL("/imports?kind=us-zips&state=failed&sort=started");
  await expect(page.getByRole("columnheader", { name: "Started" })).toHaveAttribute("aria-sort", "ascending");
  await expect(rowsOf(page).nth(1)).toContainText("us-zips 10.csv");

  await pagesOf(page).getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL("/imports?kind=us-zips&state=failed&sort=started&page=2");
  await expect(pagesOf(page)).toContainText("51–100 of 1,00");

  await page.goBack();
  await expect(page).toHaveURL("/imports?kind=us-zips&state=failed&sort=started");
  await expect(pagesOf(page)).toContainText("1–50 of");
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL("/imports");
  await expect(pagesOf(page)).toContainText(/of 10,0\d\d imports/);
  await expect(filter.getByLabel("Kind")).toHaveValue("");
  await page.goForward();
  await expect(page).toHaveURL("/imports?kind=us-zips&state=failed");
  await expect(filter.getByLabel("Kind")).toHaveValue("us-zips");

  await page.getByRole("link", { name: "Remove the filter: imports that failed" }).click();
  await expect(page).toHaveURL("/imports?kind=us-zips");
  await expect(filter.getByLabel("State")).toHaveValue("");
});

test("an address shows the same to whoever opens it", async ({ page }) => {
  await open(page, "/imports?kind=gaz-zcta&sort=-rows&page=3");
  await expect(pagesOf(page)).toContainText(`101–150 of ${total} imports`);
  await expect(page.getByRole("columnheader", { name: "Rows" })).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByRole("form", { name: "Filter the history" }).getByLabel("Kind")).toHaveValue("gaz-zcta");
  const numbers = await rowsOf(page).getByRole("cell").and(page.getByText(/^33,\d\d\d$/)).allInnerTexts();
  expect(numbers).toHaveLength(50);
  expect(numbers).toEqual([...numbers].sort().reverse());
});

test("the last page, one past it, and what makes no sense", async ({ page }) => {
  const last = Math.ceil(gazetteers / 50);
  await open(page, `/imports?kind=gaz-zcta&page=${last}`);
  await expect(pagesOf(page)).toContainText(`5,001–${total} of ${total} imports`);
  await expect(pagesOf(page).getByRole("link", { name: "Next" })).toBeHidden();
  await open(page, `/imports?kind=gaz-zcta&page=${last + 1}`);
  await expect(page.getByText("No import fits")).toBeVisible();
  await open(page, "/imports?kind=%3Cscript%3E&state=green&sort=colour&page=-7");
  await expect(pagesOf(page)).toContainText(/1–50 of 10,0\d\d imports/);
});

test.describe("where scripts do not run", () => {
  test.use({ javaScriptEnabled: false });

  test("the pages of a list are plain links", async ({ page }) => {
    await page.goto("/imports?kind=us-zips");
    await pagesOf(page).getByRole("link", { name: "Next" }).click();
    await expect(page).toHaveURL("/imports?kind=us-zips&page=2");
    await expect(pagesOf(page)).toContainText(/51–100 of 5,0\d\d imports/);
    await pagesOf(page).getByRole("link", { name: "Previous" }).click();
    await expect(page).toHaveURL("/imports?kind=us-zips");
  });
});
