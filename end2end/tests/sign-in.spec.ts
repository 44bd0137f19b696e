import fs from "node:fs";
import path from "node:path";

import type { Browser, Page } from "@playwright/test";

import { axe } from "../axe";
import type { Person, Server } from "../server";
import { expect, fillIn, open, ready, signIn, test } from "../test";
import { code } from "../totp";

test.use({ who: "nobody" });

const wrong = "The e-mail address or the password is wrong.";

test("a wrong password says so, keeps the e-mail address and signs nobody in", async ({ page, context, installation, noise }) => {
  noise.expectStatus(422);
  await open(page, "/sign-in");
  const answer = page.waitForResponse((response) => response.url().endsWith("/api/sign-in"));
  await fillIn(page, { email: installation.server.administrator.email, password: "not the password" });
  expect((await answer).status()).toBe(422);
  await expect(page.getByRole("alert")).toHaveText(wrong);
  await expect(page.getByLabel("E-mail address")).toHaveValue(installation.server.administrator.email);
  await expect(page).toHaveURL("/sign-in");
  expect(await context.cookies()).toEqual([]);
});

test("an unknown address is answered like a wrong password", async ({ page, noise }) => {
  noise.expectStatus(422);
  await open(page, "/sign-in");
  await fillIn(page, { email: "nobody@example.com", password: "not the password" });
  await expect(page.getByText(wrong)).toBeVisible();
});

test("a page that needs somebody leads to the sign-in page and from there back", async ({ page, context, installation }) => {
  await open(page, "/imports?state=failed&sort=-rows");
  await expect(page).toHaveURL(({ pathname, searchParams }) => pathname === "/sign-in" && searchParams.get("next") === "/imports?state=failed&sort=-rows");
  await fillIn(page, installation.server.administrator);
  await expect(page).toHaveURL("/imports?state=failed&sort=-rows");
  await expect(page.getByRole("heading", { level: 1, name: "Imports" })).toBeVisible();
  const session = (await context.cookies()).find((cookie) => cookie.name === "__Host-session");
  expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: "Lax", path: "/" });
});

for (const path of ["/", "/imports", "/imports/runs/none", "/tables", "/tables/us_zips", "/transformations", "/transformations/runs/none", "/exports"]) {
  test(`nobody sees ${path} without signing in`, async ({ request }) => {
    const answer = await request.get(path, { maxRedirects: 0 });
    expect(answer.status()).toBe(302);
    const { pathname, searchParams } = new URL(answer.headers().location!, "http://localhost");
    expect([pathname, searchParams.get("next")]).toEqual(["/sign-in", path === "/" ? null : path]);
  });
}

for (const next of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/api/sign-out"]) {
  test(`signing in does not go on to ${next}`, async ({ page, installation }) => {
    await open(page, `/sign-in?next=${encodeURIComponent(next)}`);
    await fillIn(page, installation.server.administrator);
    await expect(page).toHaveURL("/");
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  });
}

test("signing out ends the session, also for a copy of its cookie", async ({ page, context, installation }) => {
  await open(page, "/sign-in?next=/exports");
  await fillIn(page, installation.server.administrator);
  await expect(page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
  await ready(page);
  const stolen = await context.cookies();
  await page.getByLabel(/^Account of /).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  expect((await context.cookies()).filter((cookie) => cookie.name === "__Host-session")).toEqual([]);

  await context.addCookies(stolen);
  await open(page, "/exports");
  await expect(page).toHaveURL("/sign-in?next=%2Fexports");
  const download = await context.request.get("/api/exports/zip3-reference.json");
  expect(download.status()).toBe(401);
});

test("a session that ends while a page is open leads to the sign-in page at the next step", async ({ page, context, installation, noise }) => {
  noise.expectStatus(401);
  await open(page, "/sign-in");
  await fillIn(page, installation.server.administrator);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await ready(page);
  await context.clearCookies({ name: "__Host-session" });
  await page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Exports" }).click();
  await expect(page).toHaveURL("/sign-in?next=%2Fexports");
});

/** Somebody with a second factor, which was set up as the account's page does it; its key and recovery codes. */
interface Careful {
  person: Person;
  key: string;
  recovery: string[];
}

async function withSecondFactor(browser: Browser, server: Server, name: string): Promise<Careful> {
  const person = await server.createUser(`${name}-${process.hrtime.bigint()}`, "viewer");
  const context = await browser.newContext({ baseURL: server.address });
  await signIn(await context.newPage(), person);
  const begun = await context.request.post("/api/account/second-factor/begin", { form: { password: person.password } });
  expect(begun.status(), await begun.text()).toBe(200);
  const { secret }: { secret: string } = await begun.json();
  const confirmed = await context.request.post("/api/account/second-factor/confirm", { form: { code: code(secret) } });
  expect(confirmed.status(), await confirmed.text()).toBe(200);
  const { codes }: { codes: string[] } = await confirmed.json();
  await context.close();
  return { person, key: secret, recovery: codes };
}

const missing = "Enter the code of your authenticator app, or a recovery code.";
const wrongCode = "The code is wrong, or was used already. Wait for the app's next one, or use a recovery code.";
const codeField = (page: Page) => page.getByLabel("Code", { exact: true });

test("a second factor: the password asks for the code, what was typed stays, and a code signs in once", async ({ page, browser, installation, noise }) => {
  noise.expectStatus(422);
  const { person, key, recovery } = await withSecondFactor(browser, installation.server, "Rita");
  await open(page, "/sign-in?next=/exports");
  await expect(codeField(page)).toBeHidden();
  await fillIn(page, person);
  // Nothing is wrong yet: there was no field for it.
  await expect(page.getByRole("status").filter({ hasText: missing })).toBeVisible();
  await expect(page.getByRole("alert")).toBeHidden();
  await expect(codeField(page)).toBeFocused();
  await expect(codeField(page)).not.toHaveAttribute("aria-invalid");
  await expect(codeField(page)).toHaveAttribute("autocomplete", "one-time-code");
  await expect(page.getByLabel("E-mail address")).toHaveValue(person.email);
  await expect(page.getByLabel("Password")).toHaveValue(person.password);
  expect(await page.context().cookies()).toEqual([]);

  await page.keyboard.type("000000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toHaveText(wrongCode);
  await expect(codeField(page)).toBeFocused();
  await expect(codeField(page)).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Password")).toHaveValue(person.password);
  await expect(page).toHaveURL("/sign-in?next=/exports");
  expect(await page.context().cookies()).toEqual([]);

  // The app's next code, as the one that set it up is used; it takes the wrong one's place.
  const next = code(key, 1);
  await page.keyboard.type(`${next.slice(0, 3)} ${next.slice(3)}`);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/exports");
  await expect(page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();

  // Whoever has looked over the shoulder comes too late, with that code and with a recovery code.
  await page.context().clearCookies();
  await open(page, "/sign-in");
  await fillIn(page, person);
  await expect(codeField(page)).toBeFocused();
  for (const used of [next, code(key)]) {
    await codeField(page).fill(used);
    const answer = page.waitForResponse((response) => response.url().endsWith("/api/sign-in"));
    await page.keyboard.press("Enter");
    expect((await answer).status()).toBe(422);
    await expect(page.getByRole("alert")).toHaveText(wrongCode);
  }
  await codeField(page).fill(recovery[0]!.toUpperCase().replaceAll("-", " "));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await page.context().clearCookies();
  await open(page, "/sign-in");
  await fillIn(page, person);
  await codeField(page).fill(recovery[0]!);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toHaveText(wrongCode);
  await codeField(page).fill(recovery[1]!);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

test("whoever does not know the password is not told that there is a second factor", async ({ page, browser, installation, noise }) => {
  noise.expectStatus(422);
  const { person, key } = await withSecondFactor(browser, installation.server, "Sven");
  await open(page, "/sign-in");
  await fillIn(page, { ...person, password: "not the password" });
  await expect(page.getByRole("alert")).toHaveText(wrong);
  await expect(codeField(page)).toBeHidden();
  const answer = await page.request.post("/api/sign-in", { form: { email: person.email, password: "not the password", code: code(key, 1) } });
  expect([answer.status(), (await answer.json()).fields]).toEqual([422, [{ field: "password", message: wrong }]]);
  // Somebody without one is not asked for it.
  await fillIn(page, installation.server.administrator);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

/** Signs in with a second factor by plain forms: the page comes back, and with it the address but not the password. */
async function byForms(page: Page, { person, key, recovery }: Careful): Promise<void> {
  const send = async (typed: string) => {
    await page.getByLabel("Password").fill(person.password);
    await codeField(page).fill(typed);
    await codeField(page).press("Enter");
  };
  const leave = async () => {
    await page.context().clearCookies();
    await page.goto("/sign-in?next=/exports");
    await fillIn(page, person);
    await expect(page.getByRole("alert")).toHaveText(missing);
  };
  await leave();
  await expect(codeField(page)).toBeVisible();
  await expect(page.getByLabel("E-mail address")).toHaveValue(person.email);
  await expect(page.getByLabel("Password")).toHaveValue("");
  expect(page.url()).not.toContain(encodeURIComponent(person.password));
  await send("000000");
  await expect(page.getByRole("alert")).toHaveText(wrongCode);
  await expect(page.getByLabel("E-mail address")).toHaveValue(person.email);
  const next = code(key, 1);
  await send(next);
  await expect(page).toHaveURL("/exports");
  await expect(page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
  await leave();
  await send(next);
  await expect(page.getByRole("alert")).toHaveText(wrongCode);
  await send(recovery[0]!);
  await expect(page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
  await leave();
  await send(recovery[0]!);
  await expect(page.getByRole("alert")).toHaveText(wrongCode);
}

test.describe("scripts do not run", () => {
  test.use({ javaScriptEnabled: false });

  test("a second factor by forms: asked for, wrong, right, used, and a recovery code", async ({ page, browser, installation, noise }) => {
    noise.expectStatus(422);
    await byForms(page, await withSecondFactor(browser, installation.server, "Tove"));
  });
});

test("the WASM does not arrive: a second factor by forms", async ({ page, browser, installation, noise }) => {
  noise.expectStatus(422);
  noise.expect(/^request failed: GET \S+\.wasm: net::ERR_FAILED$/, /^console error: Failed to load resource: net::ERR_FAILED/, /^uncaught: Failed to fetch$/);
  const careful = await withSecondFactor(browser, installation.server, "Ugo");
  await page.route("**/*.wasm", (route) => route.abort());
  await byForms(page, careful);
});

test("how the page that asks for a code looks, and what axe says of it", async ({ page, browser, installation, noise }) => {
  noise.expectStatus(422);
  const { person } = await withSecondFactor(browser, installation.server, "Vito");
  const folder = path.join(test.info().project.outputDir, "screens");
  fs.mkdirSync(folder, { recursive: true });
  const look = async (name: string) => {
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}-${width}.png`), fullPage: true });
        const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
        expect([...(isTooWide ? ["wider than the screen"] : []), ...(await axe(page))], `${name}, ${colorScheme}, ${width}`).toEqual([]);
      }
    }
  };
  await open(page, "/sign-in");
  await fillIn(page, person);
  await expect(codeField(page)).toBeFocused();
  await look("sign-in-code");
  await page.keyboard.type("000000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toHaveText(wrongCode);
  await look("sign-in-code-wrong");
});
