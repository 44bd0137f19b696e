// One's own account: password, second factor and sessions.

import path from "node:path";
import fs from "node:fs";

import type { Browser, Page } from "@playwright/test";

import { axe } from "../axe";
import { query } from "../postgres";
import type { Person, Server } from "../server";
import { expect, fillIn, open, ready, signIn, test } from "../test";
import { code } from "../totp";

test.use({ who: "nobody" });

const words = "four words nobody says together";

/** Somebody new. */
async function somebody(server: Server, name: string): Promise<Person> {
  return server.createUser(`${name}-${process.hrtime.bigint()}`, "viewer");
}

async function elsewhere(browser: Browser, server: Server, person: Person): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.address, userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0" });
  const page = await context.newPage();
  await signIn(page, person);
  return page;
}

/** Goes to a button by the keyboard and presses it. */
async function press(page: Page, name: string | RegExp): Promise<void> {
  const button = page.getByRole("main").getByRole("button", { name });
  await button.focus();
  await page.keyboard.press("Enter");
}

async function type(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).focus();
  await page.keyboard.type(text);
}

/** A picture in both colours and widths, and what axe says of each. */
async function look(page: Page, name: string): Promise<void> {
  const folder = path.join(test.info().project.outputDir, "screens");
  fs.mkdirSync(folder, { recursive: true });
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}-${width}.png`), fullPage: true });
      expect(await axe(page), `${name}, ${colorScheme}, ${width}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${name} at ${width}`).toBe(0);
    }
  }
}

test("another password, which signs out every other browser", async ({ page, browser, installation, noise }) => {
  noise.expectStatus(422);
  const person = await somebody(installation.server, "Hugo");
  await signIn(page, person, "/sign-in?next=/account");
  await expect(page.getByRole("heading", { level: 1, name: "My account" })).toBeVisible();
  await ready(page);
  const other = await elsewhere(browser, installation.server, person);
  await type(page, "Present password", "not the password");
  await type(page, "New password", words);
  await press(page, "Change the password");
  await expect(page.getByRole("alert")).toContainText("This is not your present password.");
  await expect(page.getByLabel("Present password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Present password", { exact: true }).fill(person.password);
  const before = (await page.context().cookies()).find(({ name }) => name === "__Host-session")?.value;
  await press(page, "Change the password");
  await expect(page.getByText("Your password is changed.")).toBeVisible();
  const after = (await page.context().cookies()).find(({ name }) => name === "__Host-session")?.value;
  expect(after).not.toBe(before);
  await open(other, "/exports");
  await expect(other).toHaveURL("/sign-in?next=%2Fexports");
  await fillIn(other, person);
  await expect(other.getByText("The e-mail address or the password is wrong.")).toBeVisible();
  await fillIn(other, { ...person, password: words });
  await expect(other.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
  await other.context().close();
});

test("a password can be made to show", async ({ page, installation }) => {
  await signIn(page, await somebody(installation.server, "Ida"), "/sign-in?next=/account");
  await ready(page);
  const field = page.getByLabel("New password", { exact: true });
  await field.fill(words);
  await expect(field).toHaveAttribute("type", "password");
  await press(page, "Show: New password");
  await expect(field).toHaveAttribute("type", "text");
});

test("sessions: this one is marked, another is thrown out, all others are", async ({ page, browser, installation }) => {
  const person = await somebody(installation.server, "Jana");
  await signIn(page, person);
  const [second, third] = [await elsewhere(browser, installation.server, person), await elsewhere(browser, installation.server, person)];
  await open(page, "/account");
  const rows = page.getByRole("table", { name: "Sessions" }).getByRole("row");
  await expect(rows).toHaveCount(1 + 3);
  await expect(rows.filter({ hasText: "This browser" })).toHaveCount(1);
  await expect(rows.filter({ hasText: "This browser" }).getByRole("button")).toHaveCount(0);
  await rows.filter({ hasText: "Firefox on Linux" }).first().getByRole("button").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("That browser is signed out.")).toBeVisible();
  await expect(rows).toHaveCount(1 + 2);
  const states = async () => Promise.all([second, third].map(async (other) => (await other.request.get("/api/exports/list")).status()));
  await expect.poll(async () => (await states()).sort()).toEqual([200, 401]);
  await press(page, "Sign out everywhere else");
  await expect(page.getByText("Every other browser is signed out.")).toBeVisible();
  await expect.poll(states).toEqual([401, 401]);
  await open(second, "/exports");
  await expect(second).toHaveURL("/sign-in?next=%2Fexports");
  await open(page, "/exports");
  await expect(page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
  await second.context().close();
  await third.context().close();
});

test("a second factor: set up, asked for at the next sign-in, replaced by a recovery code, removed", async ({ page, browser, installation, noise }) => {
  test.slow();
  noise.expectStatus(422);
  const person = await somebody(installation.server, "Karl");
  await signIn(page, person, "/sign-in?next=/account");
  await ready(page);
  await look(page, "account-of-a-viewer");
  await type(page, "Your password", person.password);
  await press(page, "Set up the second factor");
  await expect(page.getByRole("img", { name: "QR code for the authenticator app" })).toBeVisible();
  const key = (await page.locator(".telling code").textContent())!;
  expect(await page.getByRole("link", { name: "open it there" }).getAttribute("href")).toContain(`secret=${key.replaceAll(" ", "")}`);
  await look(page, "account-second-factor-begun");
  await type(page, "Code from the app", "000000");
  await press(page, "Confirm the code");
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel("Code from the app", { exact: true }).fill(code(key));
  await press(page, "Confirm the code");
  const codes = page.getByRole("group", { name: "Your recovery codes" });
  await expect(codes).toBeVisible();
  const recovery = await codes.locator("li code").allTextContents();
  expect(recovery.length).toBeGreaterThanOrEqual(8);
  await look(page, "account-recovery-codes");
  await page.getByRole("link", { name: "I have kept them: go on" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

  // Signing in elsewhere asks for a code.
  const context = await browser.newContext({ baseURL: installation.server.address });
  const other = await context.newPage();
  await open(other, "/sign-in");
  await fillIn(other, person);
  await expect(other.getByLabel("Code", { exact: true })).toBeFocused();
  await other.keyboard.type(code(key, 1));
  await other.keyboard.press("Enter");
  await expect(other.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await context.close();

  // Without the telephone: a recovery code, once.
  for (const [works, expected] of [[true, "Overview"], [false, "Sign in"]] as const) {
    const again = await browser.newContext({ baseURL: installation.server.address });
    const lost = await again.newPage();
    await open(lost, "/sign-in");
    await fillIn(lost, person);
    await expect(lost.getByLabel("Code", { exact: true })).toBeFocused();
    await lost.keyboard.type(recovery[0]!);
    await lost.keyboard.press("Enter");
    if (!works) {
      await expect(lost.getByRole("alert")).toBeVisible();
    }
    await expect(lost.getByRole("heading", { level: 1, name: expected })).toBeVisible();
    await again.close();
  }

  await open(page, "/account");
  await expect(page.getByText(`${recovery.length - 1} left`)).toBeVisible();
  const removal = page.locator("details", { hasText: "Remove the second factor" });
  await removal.locator("summary").focus();
  await page.keyboard.press("Enter");
  await look(page, "account-second-factor-set-up");
  await removal.getByLabel("Your password", { exact: true }).fill(person.password);
  await removal.getByLabel("Code from the app, or a recovery code").fill(recovery[1]!);
  await removal.getByRole("button", { name: "Remove the second factor" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("The second factor is removed.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Set up the second factor" })).toBeVisible();
});

test("where a role requires a second factor, nothing but the account opens until there is one", async ({ page, installation, noise }) => {
  noise.expectStatus(403);
  const { server } = installation;
  const person = await somebody(server, "Lena");
  query(
    server,
    "handled_primary",
    `INSERT INTO config.roles (id, name, requires_second_factor) VALUES ('careful', 'Careful', true) ON CONFLICT DO NOTHING;
     INSERT INTO config.role_permissions VALUES ('careful', 'exports:read') ON CONFLICT DO NOTHING;
     UPDATE config.user_roles SET role_id = 'careful' WHERE user_id = (SELECT id FROM config.users WHERE email = '${person.email}')`,
  );
  await signIn(page, person, "/sign-in?next=/exports");
  await expect(page.getByRole("heading", { level: 1, name: "Set up a second factor first" })).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Main", exact: true }).getByRole("listitem")).toHaveCount(0);
  expect((await page.request.get("/api/exports/list")).status()).toBe(403);
  await ready(page);
  await look(page, "second-factor-first");
  await page.getByRole("link", { name: "Set up the second factor" }).click();
  await expect(page).toHaveURL("/account#second-factor");
  await type(page, "Your password", person.password);
  await press(page, "Set up the second factor");
  const key = (await page.locator(".telling code").textContent())!;
  await type(page, "Code from the app", code(key));
  await press(page, "Confirm the code");
  await expect(page.getByRole("group", { name: "Your recovery codes" })).toBeVisible();
  await page.getByRole("link", { name: "I have kept them: go on" }).click();
  await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Exports" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
  await open(page, "/account");
  await expect(page.getByText("One of your roles requires a second factor, so it cannot be removed.")).toBeVisible();
});

test.describe("scripts do not run", () => {
  test.use({ javaScriptEnabled: false });

  test("the whole way by links and forms", async ({ page, installation }) => {
    const person = await somebody(installation.server, "Mia");
    await signIn(page, person, "/sign-in?next=/account");
    await page.getByLabel("Present password", { exact: true }).fill("not the password");
    await page.getByLabel("New password", { exact: true }).fill(words);
    await page.getByRole("button", { name: "Change the password" }).click();
    await expect(page.getByRole("alert")).toContainText("This is not your present password.");
    await page.getByLabel("Present password", { exact: true }).fill(person.password);
    await page.getByLabel("New password", { exact: true }).fill(words);
    await page.getByRole("button", { name: "Change the password" }).click();
    await expect(page.getByText("Your password is changed.")).toBeVisible();

    await page.getByLabel("Your password", { exact: true }).fill(words);
    await page.getByRole("button", { name: "Set up the second factor" }).click();
    const key = (await page.locator(".telling code").textContent())!;
    expect(page.url()).not.toContain(key.slice(0, 4));
    await page.getByLabel("Code from the app", { exact: true }).fill("000000");
    await page.getByRole("button", { name: "Confirm the code" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await page.getByLabel("Code from the app", { exact: true }).fill(code(key));
    await page.getByRole("button", { name: "Confirm the code" }).click();
    await expect(page.getByText("The second factor is set up.")).toBeVisible();
    const recovery = await page.getByRole("group", { name: "Your recovery codes" }).locator("li code").allTextContents();
    expect(recovery.length).toBeGreaterThanOrEqual(8);
    await page.reload();
    await expect(page.getByRole("group", { name: "Your recovery codes" })).toBeHidden();
    const removal = page.locator("details", { hasText: "Remove the second factor" });
    await removal.locator("summary").click();
    await removal.getByLabel("Your password", { exact: true }).fill(words);
    await removal.getByLabel("Code from the app, or a recovery code").fill(recovery[0]!);
    await removal.getByRole("button", { name: "Remove the second factor" }).click();
    await expect(page.getByText("The second factor is removed.")).toBeVisible();
  });
});
