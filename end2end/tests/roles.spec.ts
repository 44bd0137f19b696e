// Roles: what each allows, what a change would do and to whom, and what nobody can do to them.

import fs from "node:fs";
import path from "node:path";

import type { APIRequestContext, APIResponse, Browser, Locator, Page } from "@playwright/test";

import { axe } from "../axe";
import type { Person } from "../server";
import { expect, open, signIn, test } from "../test";

test.use({ where: "own" });

const matrix = (page: Page) => page.getByRole("region", { name: "What each role allows" });
const box = (page: Page, permission: string) => page.getByRole("checkbox", { name: new RegExp(`^${permission} `) });
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });
const consequence = (page: Page, person: string) => page.getByRole("table", { name: "Users whom it concerns" }).getByRole("row").filter({ hasText: person });

/** Takes the focus to something and presses a key there. */
async function press(target: Locator, key: string): Promise<void> {
  await target.focus();
  await target.press(key);
}

/** What the matrix says of a role and a permission. */
async function verdict(page: Page, role: string, permission: string): Promise<string> {
  const heads = await matrix(page).getByRole("columnheader").allInnerTexts();
  const column = heads.findIndex((head) => head.startsWith(role));
  expect(column, `${role} among ${heads.join(", ")}`).toBeGreaterThan(0);
  const row = matrix(page).getByRole("row").filter({ has: page.getByRole("rowheader", { name: permission }) });
  return row.getByRole("cell").nth(column - 1).innerText();
}

/** Sends fields, names with their values, as a form would, and answers what came of it. */
async function send(request: APIRequestContext, address: string, fields: string[][]): Promise<APIResponse> {
  const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
  return request.post(address, { data: new URLSearchParams(fields).toString(), headers });
}

async function obeyed<T>(answer: APIResponse): Promise<T> {
  expect(answer.status(), await answer.text()).toBe(200);
  return answer.json();
}

/** Makes a role without its page, and answers its identifier. */
async function makeRole(page: Page, name: string, ...permissions: string[]): Promise<string> {
  return obeyed(await send(page.request, "/api/roles/save", [["name", name], ...permissions.map((permission) => ["permissions[]", permission])]));
}

/** Makes a user who holds a role. */
async function makeUser(page: Page, name: string, role: string): Promise<Person> {
  const person = { email: `${name.toLowerCase()}@example.com`, password: `what ${name} alone remembers` };
  const fields = [["email", person.email], ["name", name], ["roles[]", role]];
  const link = await obeyed<{ path: string }>(await send(page.request, "/api/users/create", fields));
  const token = new URLSearchParams(link.path.split("?")[1]).get("token")!;
  await obeyed(await send(page.request, "/api/set-password", [["token", token], ["password", person.password]]));
  return person;
}

/** A page that somebody new with this role looks at. */
async function pageOf(page: Page, browser: Browser, name: string, role: string): Promise<Page> {
  const person = await makeUser(page, name, role);
  // Without the administrator's session: signing in would end it.
  const storageState = { cookies: [], origins: [] };
  const context = await browser.newContext({ baseURL: new URL(page.url()).origin, storageState });
  const theirs = await context.newPage();
  await signIn(theirs, person);
  return theirs;
}

test("a role's whole life, by the keyboard: copied, given, changed, retired and brought back", async ({ page }) => {
  await open(page, "/roles");
  expect(await verdict(page, "Administrator", "metrics:read")).toContain("allowed");
  expect(await verdict(page, "Warehouse staff", "imports:read")).toContain("no");

  await press(matrix(page).getByRole("link", { name: "Warehouse staff" }), "Enter");
  await expect(heading(page, "Warehouse staff")).toBeVisible();
  await press(page.getByRole("link", { name: "Copy to a new role" }), "Enter");
  await expect(heading(page, "New role")).toBeVisible();
  const name = page.getByLabel("Name", { exact: true });
  await expect(name).toHaveValue("Copy of Warehouse staff");
  await expect(box(page, "transit:read")).toBeChecked();
  await expect(box(page, "imports:read")).not.toBeChecked();
  await name.focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Night shift");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "What changes" })).toBeFocused();
  await expect(page.getByText("Nobody holds the role, so nobody gains or loses anything.")).toBeVisible();
  await press(page.getByRole("button", { name: "Create the role" }), "Enter");
  await expect(heading(page, "Night shift")).toBeVisible();
  await expect(page.getByText("Night shift is created.")).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").at(-1)!;

  await open(page, "/roles");
  expect(await verdict(page, "Night shift", "transit:read")).toContain("allowed");
  await makeUser(page, "Nadia", id);

  // More: somebody gains.
  await open(page, `/roles/${id}`);
  await expect(page.getByText("1 user holds it.")).toBeVisible();
  await press(box(page, "imports:read"), "Space");
  await page.keyboard.press("Enter");
  await expect(consequence(page, "nadia@example.com").getByRole("cell").nth(2)).toHaveText("imports:read");
  await expect(page.getByText("1 user gains something.")).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await press(page.getByRole("button", { name: "Save the role" }), "Enter");
  await expect(page.getByText("Night shift is saved.")).toBeVisible();
  await expect(box(page, "imports:read")).toBeChecked();

  // Less, and a second factor: somebody loses and has something to do.
  await press(box(page, "transit:read"), "Space");
  await press(page.getByLabel("Requires a second factor"), "Space");
  await press(page.getByRole("button", { name: "See what changes" }), "Enter");
  await expect(consequence(page, "nadia@example.com").getByRole("cell").nth(1)).toHaveText("transit:read");
  await expect(consequence(page, "nadia@example.com")).toContainText("has to set up a second factor");
  // What is typed afterwards has not been shown: it cannot be saved yet.
  await press(box(page, "exports:read"), "Space");
  await expect(page.getByRole("button", { name: "Save the role" })).toBeHidden();
  await press(box(page, "exports:read"), "Space");
  await press(page.getByRole("button", { name: "See what changes" }), "Enter");
  await press(page.getByRole("button", { name: "Save the role" }), "Enter");
  await expect(page.getByText("Night shift is saved.")).toBeVisible();

  // The same again changes nothing, and says so.
  await press(page.getByRole("button", { name: "See what changes" }), "Enter");
  await expect(page.getByText("Nothing changes: the role is like this already.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save the role" })).toBeHidden();

  await press(page.getByText("Retire this role", { exact: true }), "Enter");
  await expect(page.getByText("The one user who holds it keeps it")).toBeVisible();
  await press(page.getByRole("button", { name: "Retire Night shift" }), "Enter");
  await expect(page.getByText("Night shift is retired.")).toBeVisible();
  await open(page, "/roles");
  await expect(matrix(page).getByRole("link", { name: "Night shift" })).toHaveCount(0);
  await press(page.getByText("1 retired role", { exact: true }), "Enter");
  await press(page.getByRole("table", { name: "Retired roles" }).getByRole("link", { name: "Night shift" }), "Enter");
  await press(page.getByText("Bring this role back", { exact: true }), "Enter");
  await press(page.getByRole("button", { name: "Bring back Night shift" }), "Enter");
  await expect(page.getByText("Night shift can be given again.")).toBeVisible();
  await open(page, "/roles");
  expect(await verdict(page, "Night shift", "transit:read")).toContain("no");
  expect(await verdict(page, "Night shift", "imports:read")).toContain("allowed");
});

/** The same by plain links and forms. */
async function wholeWay(page: Page): Promise<void> {
  await page.goto("/roles");
  await page.getByRole("link", { name: "New role" }).click();
  await page.getByRole("button", { name: "See what changes" }).click();
  // A browser does not send a form whose name is empty; one that does is told.
  await page.goto("/roles/new?name=&version=0");
  await expect(page.getByRole("alert")).toContainText("Enter a name of 1 to 60 characters.");
  await page.getByLabel("Name", { exact: true }).fill("Éclair & “Co”");
  await page.getByLabel("Description", { exact: true }).fill("Für <alle>");
  await box(page, "imports:read").check();
  await page.getByRole("button", { name: "See what changes" }).click();
  await expect(page.getByRole("heading", { name: "What changes" })).toBeInViewport();
  await expect(page.getByText("“Éclair & “Co”” is a new role.")).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Éclair & “Co”");
  await expect(box(page, "imports:read")).toBeChecked();
  await page.getByRole("button", { name: "Create the role" }).click();
  await expect(heading(page, "Éclair & “Co”")).toBeVisible();
  const address = new URL(page.url()).pathname;
  await makeUser(page, "Paul", address.split("/").at(-1)!);

  await page.goto(address);
  await box(page, "imports:read").uncheck();
  await page.getByRole("button", { name: "See what changes" }).click();
  await expect(consequence(page, "paul@example.com").getByRole("cell").nth(1)).toHaveText("imports:read");
  await page.getByRole("button", { name: "Save the role" }).click();
  await expect(page.getByText("Éclair & “Co” is saved.")).toBeVisible();
  await expect(box(page, "imports:read")).not.toBeChecked();

  await page.getByText("Retire this role", { exact: true }).click();
  await page.getByRole("button", { name: "Retire Éclair & “Co”" }).click();
  await expect(page.getByText("it cannot be given any more")).toBeVisible();
  await page.getByText("Bring this role back", { exact: true }).click();
  await page.getByRole("button", { name: "Bring back Éclair & “Co”" }).click();
  await expect(page.getByText("Éclair & “Co” can be given again.")).toBeVisible();
}

test.describe("no scripts at all", () => {
  test.use({ javaScriptEnabled: false });

  test("a role's life by links and forms", async ({ page, noise }) => {
    noise.expectStatus(422);
    await wholeWay(page);
  });
});

test("the WASM does not arrive: a role's life by links and forms", async ({ page, noise }) => {
  noise.expectStatus(422);
  noise.expect(/^request failed: GET \S+\.wasm: net::ERR_FAILED$/, /^console error: Failed to load resource: net::ERR_FAILED/, /^uncaught: Failed to fetch$/);
  await page.route("**/*.wasm", (route) => route.abort());
  await wholeWay(page);
});

test("somebody else was quicker: what was typed stays and is held against what is there now", async ({ page, noise }) => {
  noise.expectStatus(409);
  const id = await makeRole(page, "Shared", "transit:read");
  const open2 = async () => {
    const other = await page.context().newPage();
    await open(other, `/roles/${id}`);
    return other;
  };
  const other = await open2();
  await open(page, `/roles/${id}`);
  await box(page, "exports:read").check();
  await page.getByRole("button", { name: "See what changes" }).click();
  await expect(page.getByRole("button", { name: "Save the role" })).toBeVisible();

  await box(other, "imports:read").check();
  await other.getByRole("button", { name: "See what changes" }).click();
  await other.getByRole("button", { name: "Save the role" }).click();
  await expect(other.getByText("Shared is saved.")).toBeVisible();
  await other.close();

  await page.getByRole("button", { name: "Save the role" }).click();
  await expect(page.getByText("Somebody else has saved this role since you opened it.")).toBeVisible();
  await expect(box(page, "exports:read")).toBeChecked();
  await expect(box(page, "imports:read")).not.toBeChecked();
  const changes = page.getByRole("region", { name: "What changes" });
  await expect(changes.getByRole("listitem").filter({ hasText: "exports:read" })).toBeVisible();
  await expect(changes.getByRole("listitem").filter({ hasText: "imports:read" })).toBeVisible();
  // Knowing that, it can be saved.
  await page.getByRole("button", { name: "Save the role" }).click();
  await expect(page.getByText("Shared is saved.")).toBeVisible();
  await expect(box(page, "exports:read")).toBeChecked();
});

test("what is typed is not left by mistake", async ({ page }) => {
  await open(page, "/roles/viewer");
  await page.getByLabel("Name", { exact: true }).fill("Looks");
  const away = page.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Transit" });
  page.once("dialog", (dialog) => void dialog.dismiss());
  await away.click();
  await expect(page).toHaveURL("/roles/viewer");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Looks");
  const asked = page.waitForEvent("dialog");
  const left = page.reload({ timeout: 3_000 }).catch(() => undefined);
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await left;
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Looks");
  page.once("dialog", (dialog) => void dialog.accept());
  await away.click();
  await expect(heading(page, "Transit")).toBeVisible();
});

test("nobody gives what they do not hold, by form or by request", async ({ page, browser, noise }) => {
  await open(page, "/roles");
  const id = await makeRole(page, "Keeper of roles", "roles:read", "roles:edit", "transit:read");
  const keeper = await pageOf(page, browser, "Kim", id);
  await open(keeper, "/roles/new");
  await expect(box(keeper, "imports:read")).toBeDisabled();
  await expect(box(keeper, "imports:read")).toHaveAccessibleName(/You do not hold this yourself\.$/);
  await expect(box(keeper, "transit:read")).toBeEnabled();
  expect(await axe(keeper)).toEqual([]);

  const granting = (permission: string) => ["permissions[]", permission];
  for (const fields of [
    [["name", "More"], granting("imports:read")],
    [["id", id], ["version", "1"], ["name", "Keeper of roles"], granting("roles:read"), granting("roles:edit"), granting("users:edit")],
    [["id", "viewer"], ["version", "1"], ["name", "Viewer"], granting("transit:read")],
    [["id", "administrator"], ["version", "1"], ["name", "Administrator"], granting("transit:read")],
  ]) {
    const answer = await send(keeper.request, "/api/roles/save", fields);
    expect([409, 422], `${JSON.stringify(fields)}: ${await answer.text()}`).toContain(answer.status());
  }

  for (const [role, reason] of [
    ["administrator", "This role allows everything"],
    ["viewer", "You cannot change this role: it allows what you do not hold yourself"],
  ] as const) {
    await open(keeper, `/roles/${role}`);
    await expect(keeper.getByText(reason)).toBeVisible();
    await expect(keeper.getByRole("button", { name: "See what changes" })).toBeHidden();
    await expect(keeper.getByText("Retire this role")).toBeHidden();
  }
  await open(keeper, "/roles/new?copy=data_analyst");
  await expect(keeper.getByText("8 permissions are left out")).toBeVisible();
  await expect(box(keeper, "transit:read")).toBeChecked();
  await keeper.context().close();

  // Whoever may only look sees no form, and the page of a new role is refused.
  const manager = await pageOf(page, browser, "Mara", "operations_manager");
  await open(manager, "/roles");
  await expect(manager.getByRole("link", { name: "New role" })).toBeHidden();
  await open(manager, "/roles/viewer");
  await expect(manager.getByText("Changing them needs the permission roles:edit.")).toBeVisible();
  const refused = await manager.goto("/roles/new");
  expect(refused?.status()).toBe(403);
  await expect(manager.getByText("roles:edit").first()).toBeVisible();
  await manager.context().close();
  expect(noise.unexpected()).toEqual([]);
});

test("how it looks: light and dark, narrow and wide, with many roles and long names", async ({ page, noise }) => {
  noise.expectStatus(422);
  test.setTimeout(240_000);
  const folder = path.join(test.info().project.outputDir, "screens");
  fs.mkdirSync(folder, { recursive: true });
  const long = await makeRole(page, "Añasco, Mayagüez, Cataño y Peñuelas: turno de noche y fines", "transit:read", "exports:read", "databases:read");
  for (const name of ["Carrier desk", "Dock supervisors", "Forecasting", "Night shift", "Supplier portal"]) {
    await makeRole(page, name, "transit:read", "exports:read");
  }
  const retired = await makeRole(page, "Summer help", "transit:read");
  await page.request.post("/api/roles/retire", { form: { id: retired } });
  for (const name of ["Nadia", "Paul", "Quentin"]) {
    await makeUser(page, name, long);
  }
  const shoot = async (name: string, fullPage = true) => {
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}-${width}.png`), fullPage });
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
        expect([...(tooWide ? ["wider than the screen"] : []), ...(await axe(page))], `${name}, ${colorScheme}, ${width}`).toEqual([]);
      }
    }
  };
  await open(page, "/roles");
  await shoot("roles-many");
  await page.getByText("1 retired role", { exact: true }).click();

  // Scrolled in both directions, heads and names still stand where their cells are.
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    await matrix(page).evaluate((element) => element.scrollTo(137, 211));
    const off = await matrix(page).evaluate((element) => {
      const left = (cell: Element) => cell.getBoundingClientRect().left;
      const heads = [...element.querySelectorAll("thead th")];
      const rows = [...element.querySelectorAll("tbody tr")].filter((row) => row.children.length === heads.length);
      const crooked = rows.flatMap((row) => [...row.children].map((cell, column) => Math.abs(left(cell) - left(heads[column]!))));
      const edge = element.getBoundingClientRect();
      const stuck = [Math.abs(left(heads[0]!) - edge.left), Math.abs(heads[0]!.getBoundingClientRect().top - edge.top - 1)];
      return { crooked: Math.max(...crooked), stuck: Math.max(...stuck) };
    });
    expect(off.crooked).toBeLessThan(0.5);
    expect(off.stuck).toBeLessThan(1.5);
    await page.screenshot({ path: path.join(folder, `roles-scrolled-${width}.png`) });
  }

  await open(page, `/roles/${long}`);
  await box(page, "transit:read").uncheck();
  await box(page, "imports:read").check();
  await page.getByLabel("Requires a second factor").check();
  await page.getByRole("button", { name: "See what changes" }).click();
  await expect(consequence(page, "nadia@example.com")).toBeVisible();
  await shoot("role-preview");
  await page.getByText("Retire this role", { exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill("x".repeat(61));
  await page.getByRole("button", { name: "See what changes" }).click();
  await expect(page.getByRole("alert")).toContainText("Enter a name of 1 to 60 characters.");
  await shoot("role-refused");
});
