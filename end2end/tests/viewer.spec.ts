// Somebody who may look and not touch, and somebody who may hardly look.

import { fill } from "../arrange";
import { usZips } from "../files";
import { query } from "../postgres";
import { expect, open, signIn, test } from "../test";

test.describe("a viewer", () => {
  test.use({ who: "viewer" });

  test("sees everything and no way to change anything", async ({ page, browser, installation }) => {
    const administrator = await browser.newContext({ baseURL: installation.server.address, storageState: await installation.stateOf("administrator") });
    await fill(administrator.request);
    await administrator.close();

    await open(page, "/imports");
    await expect(page.getByRole("table", { name: "History of imports" })).toBeVisible();
    await expect(page.getByRole("form", { name: "Import files" })).toBeHidden();
    await expect(page.getByRole("button", { name: /^Import/ })).toBeHidden();
    await page.getByRole("link", { name: "uszips.csv" }).first().click();
    await expect(page.getByRole("heading", { level: 1, name: "Import of uszips.csv" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Download uszips.csv" })).toBeVisible();
    await expect(page.getByText("Undo this import")).toBeHidden();
    await open(page, "/tables/us_zips");
    await expect(page.getByRole("table", { name: "Rows of workspace.us_zips" }).getByRole("row")).toHaveCount(1 + 4);
    await open(page, "/transformations");
    await expect(page.getByRole("heading", { name: "zip3" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Run zip3" })).toBeHidden();
    await open(page, "/exports");
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download zip3-reference.json" }).click()]);
    expect(file.suggestedFilename()).toBe("zip3-reference.json");
    await page.getByLabel("Account of Vera").click();
    await expect(page.getByText("vera@example.com")).toBeVisible();
    await expect(page.getByText("Viewer", { exact: true })).toBeVisible();
  });

  test("is refused where they ask all the same", async ({ page, installation }) => {
    const runs = () => query(installation.server, "handled_primary", "SELECT count(*) FROM config.integration_runs");
    const before = runs();
    const upload = await page.request.post("/api/imports", { multipart: { kind: "us-zips", file: usZips() }, headers: { accept: "application/json" } });
    expect(upload.status()).toBe(403);
    expect(await upload.json()).toMatchObject({ error: "forbidden", permission: "imports:areas" });
    const start = await page.request.post("/api/transformations/start", { form: { name: "zip3" } });
    expect(start.status()).toBe(403);
    expect(await start.json()).toMatchObject({ error: "forbidden", permission: "transformations:run" });
    const [{ id }] = (await (await page.request.get("/api/runs/list?query[page]=1")).json()).rows;
    for (const what of ["confirm", "cancel", "undo", "start-again"]) {
      const answer = await page.request.post(`/api/imports/${what}`, { form: { id } });
      expect(answer.status(), what).toBe(403);
      expect(await answer.json(), what).toMatchObject({ error: "forbidden", permission: "imports:areas" });
    }
    expect(runs()).toBe(before);

    // The same by forms, as a page without scripts sends them.
    await page.goto("/imports?error=You+need+the+permission+imports%3Aareas+for+this.");
    await expect(page.getByRole("alert")).toContainText("imports:areas");
  });
});

test.describe("somebody who may see one thing", () => {
  test.use({ who: "nobody" });

  test("reads on the other pages which permission is missing", async ({ page, installation, noise }) => {
    noise.expectStatus(403);
    const { server } = installation;
    const person = await server.createUser("Clerk", "viewer");
    query(
      server,
      "handled_primary",
      `INSERT INTO config.roles (id, name) VALUES ('clerk', 'Clerk');
       INSERT INTO config.role_permissions VALUES ('clerk', 'exports:read');
       UPDATE config.user_roles SET role_id = 'clerk' WHERE user_id = (SELECT id FROM config.users WHERE email = '${person.email}')`,
    );
    await signIn(page, person, "/sign-in?next=/exports");
    await expect(page.getByRole("heading", { level: 1, name: "Exports" })).toBeVisible();
    const links = page.getByRole("navigation", { name: "Main", exact: true }).getByRole("listitem");
    await expect(links).toHaveText(["Exports"]);
    for (const [path, permission] of [
      ["/databases", "databases:inspect"],
      ["/imports", "imports:read"],
      ["/imports/runs/none", "imports:read"],
      ["/tables", "imports:read"],
      ["/tables/us_zips", "imports:read"],
      ["/transformations", "transformations:read"],
      ["/transformations/runs/none", "transformations:read"],
    ] as const) {
      const answer = await page.goto(path);
      expect(answer?.status(), path).toBe(403);
      await expect(page.getByRole("heading", { level: 1, name: "You may not see this page" })).toBeVisible();
      await expect(page.getByRole("alert")).toContainText(`You need the permission ${permission} for this.`);
    }
    // The overview is where people arrive: it leads to the first page that they may open.
    await page.goto("/");
    await expect(page).toHaveURL(/\/exports$/);
    for (const path of ["overview", "runs/list?query[page]=1", "runs/get?operation=import&id=none", "transformations/list", "runs/work", "tables/list", "tables/rows?query[table]=us_zips", "tables/us_zips.csv"]) {
      expect((await page.request.get(`/api/${path}`)).status(), path).toBe(403);
    }
  });
});
